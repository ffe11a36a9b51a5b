package funding

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
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

// ApplyingOrg is an organization for which the reader may apply, with what it has
// written for the round, the newest first.
type ApplyingOrg struct {
	Org    orgs.Organization
	Drafts []BegunDraft
	// Tally is how many it has, and No why it may not begin one more.
	Tally Tally
	No    *problem.Problem
	// Verdicts are what the portal says of the requirements of the call.
	Verdicts []Verdict
}

// BegunDraft is a draft with what it is called so far, and what became of it.
type BegunDraft struct {
	ApplicationDraft
	Title       i18n.Text
	Application Application // zero until it is handed in
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
			one := ApplyingOrg{Org: o}
			if one.Drafts, err = begun(ctx, tx, call, a.Round.No, id); err != nil {
				return err
			}
			if one.Tally, err = tallyOf(ctx, tx, call, a.Round.No, id); err != nil {
				return err
			}
			one.No = problem.As(a.Call.lets(one.Tally))
			if one.Verdicts, err = s.Eligible(ctx, tx, a.Call, o, nil); err != nil {
				return err
			}
			a.Orgs = append(a.Orgs, one)
		}
		return nil
	})
	return a, err
}

// begun are the drafts of an organization for a round with what they are called.
func begun(ctx context.Context, tx *db.Tx, call ref.ID, round int, org ref.ID) (out []BegunDraft, err error) {
	drafts, err := draftsFor(ctx, tx, call, round, org)
	if err != nil {
		return nil, err
	}
	for _, d := range drafts {
		x := BegunDraft{ApplicationDraft: d}
		if d.Application != 0 {
			if x.Application, err = applicationByID(ctx, tx, d.Application); err != nil {
				return nil, err
			}
		}
		if x.Title, err = titleOfDraft(ctx, tx, d.ID); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// titleOfDraft is what a draft is called so far, in the languages in which somebody
// wrote it.
func titleOfDraft(ctx context.Context, tx *db.Tx, draft ref.ID) (title i18n.Text, err error) {
	fields, err := fieldsNamed(ctx, tx, draft, []string{"title.kk", "title.ru", "title.en"})
	t := typed{values: url.Values{}}
	for name, f := range fields {
		t.values[name] = f.Values
	}
	return t.texts("title"), err
}

// ApplicationStory is what the page of an application tells to either side.
type ApplicationStory struct {
	Application Application
	Call        Call
	Org, Funder ref.Ref
	Past        []journal.Entry
	// Messages are what the one who pays wrote about it, the latest first.
	Messages []Message
	// Agreement is the one that it has led to, zero while there is none.
	Agreement Agreement
	// Topic is the one that it answers, zero for none.
	Topic ref.Ref
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
		if st.Agreement, _, err = db.Maybe(ctx, tx, scanAgreement, `SELECT `+agreementColumns+` FROM agreements WHERE application_id = $1 AND void_on IS NULL`, a.ID); err != nil {
			return err
		}
		if st.Topic, err = topicRef(ctx, tx, a.Proposal.TopicID); err != nil {
			return err
		}
		if st.Messages, err = messagesTo(ctx, tx, a.ID); err != nil {
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
	Place  ref.ID // with what lies in it
	Turn   Turn   // for whom it waits
	Late   bool   // whose term is over
	Text   string // words of the title, or the number
	Sort   string // one of ApplicationSorts, "" is the first
	Page   int    // from 1
}

// The orders of the list: as they came, the latest first, who asks for most, and by
// place.
const (
	SortCame   = "came"
	SortLatest = "latest"
	SortAsked  = "asked"
	SortPlace  = "place"
)

// ApplicationSorts lists the orders of the list.
var ApplicationSorts = []string{SortCame, SortLatest, SortAsked, SortPlace}

var applicationOrder = map[string]string{SortCame: "a.id", SortLatest: "a.id DESC", SortAsked: "a.asked DESC, a.id", SortPlace: "a.place_id, a.id"}

// Applications is one page of the applications of a call.
type Applications struct {
	Call   Call
	Rows   []Application
	Names  map[ref.ID]ref.Ref
	Counts map[ApplicationState]int // of the whole call
	Total  int                      // of what was asked for
	// Spheres and Places count the applications of the whole call; places are districts
	// and cities.
	Spheres map[string]int
	Places  map[ref.ID]int
	// Stand tells by application for whom it waits, and Today from which day on a
	// term is over.
	Stand map[ref.ID]Standing
	Today db.Date
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
		st, err := s.standingsOf(ctx, tx, list.Call)
		if err != nil {
			return err
		}
		if err := s.followFor(ctx, tx, call, f, &st); err != nil {
			return err
		}
		if err := s.parted(ctx, tx, &list); err != nil {
			return err
		}
		where, args := s.narrowed(by, call, f, st)
		if list.Total, err = db.One(ctx, tx, db.Value[int], `SELECT count(*) FROM applications a WHERE `+where, args...); err != nil {
			return err
		}
		page := strconv.Itoa(ApplicationsPerPage) + ` OFFSET ` + strconv.Itoa((max(f.Page, 1)-1)*ApplicationsPerPage)
		if list.Rows, err = db.All(ctx, tx, scanApplication, `SELECT `+applicationColumns+` FROM applications a WHERE `+where+
			` ORDER BY `+cmp.Or(applicationOrder[f.Sort], applicationOrder[SortCame])+` LIMIT `+page, args...); err != nil {
			return err
		}
		var ids []ref.ID
		for _, a := range list.Rows {
			ids = append(ids, a.OrgID)
		}
		if list.Names, err = orgs.Refs(ctx, tx, ids); err != nil {
			return err
		}
		return s.stand(ctx, tx, &list, st)
	})
	return list, err
}

// followFor reads what the projects of a call wait for where a filter asks it.
func (s *Service) followFor(ctx context.Context, tx *db.Tx, call ref.ID, f ApplicationFilter, st *standings) error {
	if f.Turn == "" && !f.Late {
		return nil
	}
	return s.follow(ctx, tx, call, st)
}

// stand notes for whom the rows of the page wait.
func (s *Service) stand(ctx context.Context, tx *db.Tx, l *Applications, st standings) error {
	if len(l.Rows) == 0 {
		return nil
	}
	ids := make([]ref.ID, len(l.Rows))
	for i, a := range l.Rows {
		ids[i] = a.ID
	}
	if err := s.follow(ctx, tx, l.Call.ID, &st, ids...); err != nil {
		return err
	}
	open, err := openAgreementsOf(ctx, tx, ids)
	l.Today, l.Stand = st.today, map[ref.ID]Standing{}
	for _, a := range l.Rows {
		l.Stand[a.ID] = st.of(a, open[a.ID])
	}
	return err
}

// parted counts the applications of a call by sphere, and by district or city.
func (s *Service) parted(ctx context.Context, tx *db.Tx, l *Applications) error {
	type part struct {
		sphere string
		place  ref.ID
		n      int
	}
	rows, err := db.All(ctx, tx, func(r db.Row) (x part, err error) {
		err = r.Scan(&x.sphere, &x.place, &x.n)
		return x, err
	}, `SELECT sphere, place_id, count(*) FROM applications WHERE call_id = $1 GROUP BY sphere, place_id`, l.Call.ID)
	l.Spheres, l.Places = map[string]int{}, map[ref.ID]int{}
	for _, x := range rows {
		l.Spheres[x.sphere] += x.n
		l.Places[s.Places.Tree().District(x.place)] += x.n
	}
	return err
}

// Chosen gives the ids of the applications that a filter lets through, as many as a
// batch takes.
func (s *Service) Chosen(ctx context.Context, by access.Actor, call ref.ID, f ApplicationFilter) (ids []ref.ID, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		c, err := s.checkedCall(ctx, tx, by, call)
		if err != nil {
			return err
		}
		st, err := s.standingsOf(ctx, tx, c)
		if err != nil {
			return err
		}
		if err := s.followFor(ctx, tx, call, f, &st); err != nil {
			return err
		}
		where, args := s.narrowed(by, call, f, st)
		ids, err = db.All(ctx, tx, db.Value[ref.ID], `SELECT a.id FROM applications a WHERE `+where+` ORDER BY a.id LIMIT `+strconv.Itoa(MostInBatch), args...)
		return err
	})
	return ids, err
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
func (s *Service) narrowed(by access.Actor, call ref.ID, f ApplicationFilter, st standings) (string, []any) {
	where, args := "a.call_id = $1", []any{call}
	and := func(cond string, v any) {
		if !strings.Contains(cond, "?") {
			where += " AND " + cond
			return
		}
		args = append(args, v)
		where += " AND " + strings.ReplaceAll(cond, "?", "$"+strconv.Itoa(len(args)))
	}
	for _, org := range notOwn(by) {
		and("a.org_id <> ?", org)
	}
	if f.Turn != "" {
		and(st.waitFor(f.Turn, "?"), st.today)
	}
	if f.Late {
		and(st.isLate("?"), st.today)
	}
	if f.Place != 0 {
		within := s.Places.Tree().Below(f.Place)
		where += " AND a.place_id IN " + db.In(len(args)+1, len(within))
		args = db.Args(args, within)
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
	for _, word := range strings.Fields(search.Fold(f.Text)) {
		and("(a.folded LIKE ?)", "%"+strings.NewReplacer("%", "", "_", "").Replace(word)+"%")
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
	var st standings
	if err := s.db.View(ctx, func(tx *db.Tx) error {
		c, err := s.checkedCall(ctx, tx, by, call)
		if err != nil {
			return err
		}
		if st, err = s.standingsOf(ctx, tx, c); err != nil {
			return err
		}
		return s.followFor(ctx, tx, call, f, &st)
	}); err != nil {
		return err
	}
	const step = 500
	known := map[ref.ID]orgs.Organization{}
	where, args := s.narrowed(by, call, f, st)
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
