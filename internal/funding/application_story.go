package funding

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/search"
)

// Applying is what somebody who wants to apply is shown.
type Applying struct {
	Call  Call
	Round Round
	Orgs  []ApplyingOrg
}

// ApplyingOrg is an organization for which the reader may apply, with its draft
// where there is one.
type ApplyingOrg struct {
	Org   orgs.Organization
	Draft ApplicationDraft
	// Verdicts are what the portal says of the requirements of the call.
	Verdicts []Verdict
}

// Applying lists for which organizations the actor may apply to a call.
func (s *Service) Applying(ctx context.Context, by access.Actor, call ref.ID) (a Applying, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		a = Applying{}
		if a.Call, err = s.visibleCall(ctx, tx, by, call); err != nil {
			return err
		}
		if a.Round, err = a.Call.openRound(tx.Now()); err != nil {
			return err
		}
		ids := append(by.Scopes(access.Lead), by.Scopes(access.Staff)...)
		slices.Sort(ids)
		ids = slices.Compact(ids)
		known, err := orgs.ByIDs(ctx, tx, ids)
		if err != nil {
			return err
		}
		for _, id := range ids {
			o, ok := known[id]
			if !ok || id == a.Call.FunderID {
				continue
			}
			d, _, err := draftOf(ctx, tx, call, a.Round.No, id)
			if err != nil {
				return err
			}
			verdicts, err := s.Eligible(ctx, tx, a.Call, o, nil)
			if err != nil {
				return err
			}
			a.Orgs = append(a.Orgs, ApplyingOrg{o, d, verdicts})
		}
		return nil
	})
	return a, err
}

// ApplicationStory is what the page of an application tells to either side.
type ApplicationStory struct {
	Application Application
	Call        Call
	Org, Funder ref.Ref
	Past        []journal.Entry
	// Own is the call's own form with the answers.
	Own OwnForm
	// Mine tells that the reader works for the applicant; MayWithdraw that he speaks
	// for it; MayCheck that he is of the funder's side and not of the applicant's.
	Mine, MayWithdraw, MayCheck bool
}

// ApplicationStory tells of an application to the people of the applicant and to
// the funder's side; for others it is not there.
func (s *Service) ApplicationStory(ctx context.Context, by access.Actor, id ref.ID) (st ApplicationStory, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		st = ApplicationStory{}
		if st.Application, st.Call, err = s.seenApplication(ctx, tx, by, id); err != nil {
			return err
		}
		a := st.Application
		names, err := orgs.Refs(ctx, tx, []ref.ID{a.OrgID, st.Call.FunderID})
		if err != nil {
			return err
		}
		st.Org, st.Funder = names[a.OrgID], names[st.Call.FunderID]
		st.Mine = by.WorksFor(a.OrgID)
		_, not := s.mayCheckApplication(by, a, st.Call)
		st.MayCheck = not == nil
		withdrawn := a
		st.MayWithdraw = by.LeadsOrg(a.OrgID) && withdrawn.Withdraw(a.SubmittedAt, a.Proposal.Title) == nil
		d := ApplicationDraft{FormID: a.FormID, FormVersion: a.FormVersion}
		if st.Own, err = s.ownForm(ctx, tx, d, a.Answers, a.Papers, s.proposalValues(a.Proposal)); err != nil {
			return err
		}
		st.Past, err = journal.Timeline(ctx, tx, a.Ref(), 0, pastShown, false)
		return err
	})
	return st, err
}

// ApplicationFilter narrows the list of the applications of a call.
type ApplicationFilter struct {
	State  ApplicationState
	Round  int
	Sphere string
	Text   string // of the title, the number or the name of the applicant
	Page   int    // from 1
}

// Applications is one page of the applications of a call.
type Applications struct {
	Call   Call
	Rows   []Application
	Names  map[ref.ID]ref.Ref
	Counts map[ApplicationState]int // of the whole call
	Total  int                      // of what was asked for
}

// ApplicationsPerPage is how many applications a page lists.
const ApplicationsPerPage = 50

// Applications lists the applications of a call to the funder's side. Those of
// organizations for which the reader works are left out.
func (s *Service) Applications(ctx context.Context, by access.Actor, call ref.ID, f ApplicationFilter) (list Applications, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list = Applications{}
		if list.Call, err = s.checkedCall(ctx, tx, by, call); err != nil {
			return err
		}
		if list.Counts, err = stateCounts(ctx, tx, call); err != nil {
			return err
		}
		where, args := s.narrowed(by, call, f)
		if list.Total, err = db.One(ctx, tx, db.Value[int], `SELECT count(*) FROM applications a WHERE `+where, args...); err != nil {
			return err
		}
		page := strconv.Itoa(ApplicationsPerPage) + ` OFFSET ` + strconv.Itoa((max(f.Page, 1)-1)*ApplicationsPerPage)
		if list.Rows, err = db.All(ctx, tx, scanApplication, `SELECT `+applicationColumns+` FROM applications a WHERE `+where+` ORDER BY a.id LIMIT `+page, args...); err != nil {
			return err
		}
		var ids []ref.ID
		for _, a := range list.Rows {
			ids = append(ids, a.OrgID)
		}
		list.Names, err = orgs.Refs(ctx, tx, ids)
		return err
	})
	return list, err
}

// checkedCall loads a call for those who check its applications.
func (s *Service) checkedCall(ctx context.Context, tx *db.Tx, by access.Actor, id ref.ID) (Call, error) {
	c, _, err := s.keptCall(ctx, tx, by, id)
	if problem.Is(err, problem.Forbidden) { // of applications others know nothing
		err = problem.New(problem.NotFound, "problem.not_found")
	}
	return c, err
}

// narrowed is the filter in SQL, and what the reader may see.
func (s *Service) narrowed(by access.Actor, call ref.ID, f ApplicationFilter) (string, []any) {
	where, args := "a.call_id = $1", []any{call}
	and := func(cond string, v any) {
		args = append(args, v)
		where += " AND " + strings.ReplaceAll(cond, "?", "$"+strconv.Itoa(len(args)))
	}
	for _, org := range append(by.Scopes(access.Lead), by.Scopes(access.Staff)...) {
		and("a.org_id <> ?", org)
	}
	if f.State != "" {
		and("a.state = ?", string(f.State))
	}
	if f.Round != 0 {
		and("a.round = ?", f.Round)
	}
	if f.Sphere != "" {
		and("a.sphere = ?", f.Sphere)
	}
	if text := search.Fold(f.Text); text != "" {
		and("(a.folded LIKE ?)", "%"+strings.NewReplacer("%", "", "_", "").Replace(text)+"%")
	}
	return where, args
}

func stateCounts(ctx context.Context, tx *db.Tx, call ref.ID) (map[ApplicationState]int, error) {
	counts := map[ApplicationState]int{}
	err := db.Each(ctx, tx, func(r db.Row) (x struct {
		state ApplicationState
		n     int
	}, err error) {
		err = r.Scan(&x.state, &x.n)
		return x, err
	}, func(x struct {
		state ApplicationState
		n     int
	}) error {
		counts[x.state] = x.n
		return nil
	}, `SELECT state, count(*) FROM applications WHERE call_id = $1 GROUP BY state`, call)
	return counts, err
}

// EachApplication hands over the applications that a filter lets through, with
// who applied, to the funder's side.
func (s *Service) EachApplication(ctx context.Context, by access.Actor, call ref.ID, f ApplicationFilter, yield func(Application, orgs.Organization) error) error {
	if err := s.db.View(ctx, func(tx *db.Tx) error {
		_, err := s.checkedCall(ctx, tx, by, call)
		return err
	}); err != nil {
		return err
	}
	const step = 500
	known := map[ref.ID]orgs.Organization{}
	where, args := s.narrowed(by, call, f)
	return db.Stream(ctx, s.db, step, func(a Application) ref.ID { return a.ID }, func(tx *db.Tx, last ref.ID) ([]Application, error) {
		rows, err := db.All(ctx, tx, scanApplication, `SELECT `+applicationColumns+` FROM applications a WHERE `+where+
			` AND a.id > $`+strconv.Itoa(len(args)+1)+` ORDER BY a.id LIMIT `+strconv.Itoa(step), append(slices.Clone(args), int64(last))...)
		if err != nil {
			return nil, err
		}
		var ids []ref.ID
		for _, a := range rows {
			ids = append(ids, a.OrgID)
		}
		known, err = orgs.ByIDs(ctx, tx, ids)
		return rows, err
	}, func(a Application) error { return yield(a, known[a.OrgID]) })
}
