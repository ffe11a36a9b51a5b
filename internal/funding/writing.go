package funding

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"birge/internal/accounts"
	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Begin gives the draft that an organization is writing for the open round of a
// call; it is made when there is none. What the organization was asked before is
// filled in.
func (s *Service) Begin(ctx context.Context, by access.Actor, call, org ref.ID) (d ApplicationDraft, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		c, round, err := s.begins(ctx, tx, by, call, org)
		if err != nil {
			return err
		}
		drafts, err := draftsFor(ctx, tx, call, round.No, org)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(drafts, func(d ApplicationDraft) bool { return d.State != DraftSubmitted }); i >= 0 {
			d = drafts[i]
			return nil
		}
		d, err = s.newDraft(ctx, tx, by, c, round, org)
		return err
	})
	return d, err
}

// BeginAnother makes one more draft of an organization for the open round of a
// call, as far as the call allows.
func (s *Service) BeginAnother(ctx context.Context, by access.Actor, call, org ref.ID) (d ApplicationDraft, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		c, round, err := s.begins(ctx, tx, by, call, org)
		if err != nil {
			return err
		}
		d, err = s.newDraft(ctx, tx, by, c, round, org)
		return err
	})
	return d, err
}

// begins gives the call and its open round to somebody who may write for an
// organization.
func (s *Service) begins(ctx context.Context, tx *db.Tx, by access.Actor, call, org ref.ID) (c Call, r Round, err error) {
	if _, err = mayWrite(by, org); err != nil {
		return c, r, err
	}
	if c, err = s.visibleCall(ctx, tx, by, call); err != nil {
		return c, r, err
	}
	if r, err = c.openRound(tx.Now()); err == nil && c.FunderID == org {
		err = problem.New(problem.Conflict, "funding.application.own_call")
	}
	return c, r, err
}

func (s *Service) newDraft(ctx context.Context, tx *db.Tx, by access.Actor, c Call, r Round, org ref.ID) (d ApplicationDraft, err error) {
	n, err := tallyOf(ctx, tx, c.ID, r.No, org)
	if err != nil {
		return d, err
	}
	if err := c.lets(n); err != nil {
		return d, err
	}
	d = ApplicationDraft{ID: tx.NewID(), CallID: c.ID, Round: r.No, OrgID: org, FormID: c.FormID, FormVersion: c.FormVersion,
		State: DraftWriting, CreatedBy: by.UserID, CreatedAt: db.At(tx.Now()), Sample: c.Sample, Version: 1}
	if err := insertDraft(ctx, tx, d); err != nil {
		return d, err
	}
	return d, s.askOnce(ctx, tx, by, d)
}

// openRound is the round that takes applications at an instant.
func (c Call) openRound(now time.Time) (Round, error) {
	r, ok := c.RoundOn(now)
	if !ok || !c.Published() || c.Cancelled() || now.Before(r.Opens.Time) || !now.Before(r.Closes.Time) {
		return r, problem.New(problem.Conflict, "funding.application.not_open")
	}
	return r, nil
}

// askedOnce are the fields that a new draft takes over from the one before.
var askedOnce = []string{"contact.name", "contact.phone", "contact.mail", "team", "lang"}

// askOnce fills in what the organization wrote in its draft before this one.
func (s *Service) askOnce(ctx context.Context, tx *db.Tx, by access.Actor, d ApplicationDraft) error {
	before, err := draftsOf(ctx, tx, []ref.ID{d.OrgID}, 2)
	if err != nil || len(before) < 2 {
		return err
	}
	known, err := fieldsNamed(ctx, tx, before[1].ID, askedOnce)
	if err != nil {
		return err
	}
	at := db.At(tx.Now())
	for _, name := range askedOnce {
		if f, ok := known[name]; ok && len(f.Values) > 0 {
			if err := putField(ctx, tx, d.ID, DraftField{Name: name, Values: f.Values, Version: 1, By: by.UserID, At: at, Since: at}); err != nil {
				return err
			}
		}
	}
	return nil
}

// Saved is what came of edits: what the draft says now, and since when.
type Saved struct {
	At db.Time
	// Marks are the marks of the fields that were sent, as the draft has them now.
	Marks map[string]string
	// Clashes are fields that another changed meanwhile. They keep what he wrote;
	// what was sent lies in their history.
	Clashes []Clash
	// Faults are the fields that could not be kept, and why.
	Faults problem.Fields
}

// Clash is a field that two people changed.
type Clash struct {
	Name         string
	Theirs, Mine []string
	By           ref.ID
	At           db.Time
}

// Write keeps what people of the applicant typed. When it returns without an
// error, everything but what Clashes and Faults name is stored for good.
func (s *Service) Write(ctx context.Context, by access.Actor, draft ref.ID, edits []Edit) (saved Saved, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		d, err := s.writable(ctx, tx, by, draft)
		if err != nil {
			return err
		}
		saved, err = s.write(ctx, tx, by, d, edits)
		return err
	})
	return saved, err
}

// writable loads a draft that can be written into; for others than the people of
// the applicant it is not there.
func (s *Service) writable(ctx context.Context, tx *db.Tx, by access.Actor, id ref.ID) (ApplicationDraft, error) {
	d, err := draftByID(ctx, tx, id)
	if err != nil {
		return d, err
	}
	if _, err := mayWrite(by, d.OrgID); err != nil {
		return d, err
	}
	if d.State == DraftSubmitted {
		return d, problem.New(problem.Conflict, "funding.draft.is_submitted")
	}
	return d, nil
}

func (s *Service) write(ctx context.Context, tx *db.Tx, by access.Actor, d ApplicationDraft, edits []Edit) (saved Saved, err error) {
	saved = Saved{At: db.At(tx.Now()), Marks: map[string]string{}}
	names := make([]string, len(edits))
	for i, e := range edits {
		names[i] = e.Name
	}
	fields, err := fieldsNamed(ctx, tx, d.ID, names)
	if err != nil {
		return saved, err
	}
	fresh := 0
	for _, e := range edits {
		f := fields[e.Name]
		how := f.meet(e)
		key, args := e.fault()
		switch {
		case how == untouched:
		case !isField(e.Name) || !d.Takes(e.Name):
			saved.Faults.Reject(true, e.Name, "funding.draft.not_to_change")
			continue
		case key != "":
			saved.Faults.Reject(true, e.Name, key, args...)
			continue
		case how == clash:
			mine := PastField{Name: e.Name, Values: plain(e.Values), By: by.UserID, At: saved.At, Aside: true}
			if err := putPast(ctx, tx, d.ID, mine); err != nil {
				return saved, err
			}
			saved.Clashes = append(saved.Clashes, Clash{e.Name, f.Values, mine.Values, f.By, f.At})
		default:
			if f.Version == 0 {
				fresh++
			}
			if err := s.put(ctx, tx, by, d, &f, e, saved.At); err != nil {
				return saved, err
			}
		}
		saved.Marks[e.Name] = Mark(f.Values)
	}
	if fresh > 0 {
		if n, err := countFields(ctx, tx, d.ID); err != nil || n > mostFields {
			return saved, orElse(err, problem.New(problem.Invalid, "funding.draft.too_many"))
		}
	}
	return saved, nil
}

func orElse(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

func (s *Service) put(ctx context.Context, tx *db.Tx, by access.Actor, d ApplicationDraft, f *DraftField, e Edit, at db.Time) error {
	if past := f.write(e, by.UserID, at); past != nil {
		if err := putPast(ctx, tx, d.ID, *past); err != nil {
			return err
		}
	}
	return putField(ctx, tx, d.ID, *f)
}

// TakeOut empties a row of a list; its history stays.
func (s *Service) TakeOut(ctx context.Context, by access.Actor, draft ref.ID, list string, row ref.ID) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		d, err := s.writable(ctx, tx, by, draft)
		if err != nil {
			return err
		}
		if _, ok := ProposalLists[list]; !ok || !d.Takes(rowOf(list, row)+ProposalLists[list][0]) {
			return problem.New(problem.NotFound, "problem.not_found")
		}
		all, err := fieldsOf(ctx, tx, draft)
		if err != nil {
			return err
		}
		for _, f := range all {
			if strings.HasPrefix(f.Name, rowOf(list, row)) && len(f.Values) > 0 {
				if err := s.put(ctx, tx, by, d, &f, Edit{Name: f.Name}, db.At(tx.Now())); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// Past tells what a field of a draft says and said, the latest first.
func (s *Service) Past(ctx context.Context, by access.Actor, draft ref.ID, name string) (past []PastField, names map[ref.ID]string, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		d, err := draftByID(ctx, tx, draft)
		if err != nil {
			return err
		}
		if _, err := mayWrite(by, d.OrgID); err != nil {
			return err
		}
		now, err := fieldsNamed(ctx, tx, draft, []string{name})
		if err != nil {
			return err
		}
		if past, err = pastOf(ctx, tx, draft, name); err != nil {
			return err
		}
		if f, ok := now[name]; ok {
			past = slices.Insert(past, 0, PastField{Name: name, Values: f.Values, By: f.By, At: f.At})
		}
		var ids []ref.ID
		for _, p := range past {
			ids = append(ids, p.By)
		}
		names, err = namesOf(ctx, tx, ids)
		return err
	})
	return past, names, err
}

// Writing is a draft as its pages show it.
type Writing struct {
	Draft  ApplicationDraft
	Call   Call
	Round  Round
	Org    orgs.Organization
	Values url.Values
	Papers []PaperFile
	// Topics are the approved topics that the call answers, in its order.
	Topics []Topic
	// Own is the call's own form with its answers.
	Own OwnForm
	// Last is who wrote last, and when; zero while nothing is written.
	LastBy string
	LastAt db.Time
	Now    time.Time
	// MaySubmit tells that the reader speaks for the organization.
	MaySubmit bool
	// Returned is the application that is to be corrected.
	Returned Application
	// NewRow are ids for rows that the page offers empty.
	NewRow []ref.ID
}

// NewerForm tells that the call has a newer version of its form than the draft.
func (w Writing) NewerForm() bool {
	return w.Draft.State == DraftWriting && (w.Draft.FormID != w.Call.FormID || w.Draft.FormVersion != w.Call.FormVersion)
}

// newRows is how many empty rows a page may offer.
const newRows = 6

// Writing loads a draft with what its pages show.
func (s *Service) Writing(ctx context.Context, by access.Actor, id ref.ID) (w Writing, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		w, err = s.writing(ctx, tx, by, id)
		return err
	})
	return w, err
}

func (s *Service) writing(ctx context.Context, tx *db.Tx, by access.Actor, id ref.ID) (w Writing, err error) {
	w = Writing{Now: tx.Now()}
	if w.Draft, err = draftByID(ctx, tx, id); err != nil {
		return w, err
	}
	if _, err = mayWrite(by, w.Draft.OrgID); err != nil {
		return w, err
	}
	_, not := maySubmit(by, w.Draft.OrgID)
	w.MaySubmit = not == nil
	if w.Call, err = callByID(ctx, tx, w.Draft.CallID); err != nil {
		return w, err
	}
	w.Round, _ = w.Call.Round(w.Draft.Round)
	byID, err := orgs.ByIDs(ctx, tx, []ref.ID{w.Draft.OrgID})
	if err != nil {
		return w, err
	}
	w.Org = byID[w.Draft.OrgID]
	fields, err := fieldsOf(ctx, tx, id)
	if err != nil {
		return w, err
	}
	w.Values = valuesOf(fields)
	if w.Papers, err = papersOf(ctx, tx, id); err != nil {
		return w, err
	}
	if w.Topics, err = topicsOfCall(ctx, tx, w.Call); err != nil {
		return w, err
	}
	if w.Draft.Application != 0 {
		if w.Returned, err = applicationByID(ctx, tx, w.Draft.Application); err != nil {
			return w, err
		}
	}
	if err := s.fillOwn(ctx, tx, &w); err != nil {
		return w, err
	}
	for range newRows {
		w.NewRow = append(w.NewRow, tx.NewID())
	}
	return w, s.lastWriter(ctx, tx, &w, fields)
}

// fillOwn loads the call's own form with its answers.
func (s *Service) fillOwn(ctx context.Context, tx *db.Tx, w *Writing) error {
	find, err := s.lookupOf(ctx, tx, w.Values)
	if err != nil {
		return err
	}
	known, err := s.orgValues(ctx, tx, w.Org)
	if err != nil {
		return err
	}
	p, _ := proposalOf(w.Values, find)
	maps.Copy(known, s.proposalValues(p))
	w.Own, err = s.ownForm(ctx, tx, w.Draft, w.Values, w.Papers, known)
	return err
}

func (s *Service) lastWriter(ctx context.Context, tx *db.Tx, w *Writing, fields []DraftField) error {
	if len(fields) == 0 {
		return nil
	}
	last := slices.MaxFunc(fields, func(a, b DraftField) int { return a.At.Compare(b.At.Time) })
	names, err := namesOf(ctx, tx, []ref.ID{last.By})
	w.LastBy, w.LastAt = names[last.By], last.At
	return err
}

// namesOf are the names of a few people; of one who was erased there is none.
func namesOf(ctx context.Context, tx *db.Tx, ids []ref.ID) (map[ref.ID]string, error) {
	names := map[ref.ID]string{}
	for _, id := range ids {
		if _, known := names[id]; known {
			continue
		}
		person, err := accounts.PersonIn(ctx, tx, id)
		if err != nil && !problem.Is(err, problem.NotFound) {
			return nil, err
		}
		names[id] = person.Name
	}
	return names, nil
}

// movePapers keeps the files of a draft with their questions when its form changes;
// those of questions that are gone stay as other papers.
func movePapers(ctx context.Context, tx *db.Tx, draft ref.ID, before, after OwnForm) error {
	papers, err := papersOf(ctx, tx, draft)
	if err != nil {
		return err
	}
	for _, p := range papers {
		old, ok := before.question(p.Paper)
		if !ok {
			continue
		}
		to := 0
		for _, q := range after.Files {
			if q.Code == old.Code {
				to = q.Paper
			}
		}
		if _, err := tx.Exec(ctx, `UPDATE application_papers SET paper = $3 WHERE draft_id = $1 AND file_id = $2`, draft, p.FileID, to); err != nil {
			return err
		}
	}
	return nil
}

// TakeForm has a draft go over to the call's newer form. Answers to questions that
// are gone stay in the history.
func (s *Service) TakeForm(ctx context.Context, by access.Actor, draft ref.ID) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		d, err := s.writable(ctx, tx, by, draft)
		if err != nil {
			return err
		}
		c, err := callByID(ctx, tx, d.CallID)
		if err != nil {
			return err
		}
		if d.State != DraftWriting {
			return problem.New(problem.Conflict, "funding.draft.not_to_change")
		}
		before, err := s.ownForm(ctx, tx, d, nil, nil, nil)
		if err != nil {
			return err
		}
		d.FormID, d.FormVersion, d.Version = c.FormID, c.FormVersion, d.Version+1
		if err := updateDraft(ctx, tx, d); err != nil {
			return err
		}
		after, err := s.ownForm(ctx, tx, d, nil, nil, nil)
		if err != nil {
			return err
		}
		return movePapers(ctx, tx, d.ID, before, after)
	})
}
