package funding

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/jobs"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Judge tells everything that keeps a draft from being handed in, by the names of
// the fields; nothing is changed.
func (s *Service) Judge(ctx context.Context, by access.Actor, draft ref.ID) (w Writing, p Proposal, bad problem.Fields, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if w, err = s.writing(ctx, tx, by, draft); err != nil {
			return err
		}
		_, p, bad, err = s.judgeDraft(ctx, tx, w)
		return err
	})
	return w, p, bad, err
}

// judgeDraft makes the application that a draft would be, and what is wrong in it.
func (s *Service) judgeDraft(ctx context.Context, tx *db.Tx, w Writing) (a Application, p Proposal, bad problem.Fields, err error) {
	find, err := s.lookupOf(ctx, tx, w.Values)
	if err != nil {
		return a, p, nil, err
	}
	p, bad = proposalOf(w.Values, find)
	tree := s.Places.Tree()
	bad.Merge("", p.check(window{Terms: w.Call.Terms, Round: w.Round, ClosesOn: db.DateOf(w.Round.Closes.In(s.Zone)),
		within: func(place ref.ID) bool { return tree.Within(place, w.Call.PlaceID) }}))
	contact := contactOf(w.Values)
	bad.Reject(contact.Name == "", "contact.name", "form.required")
	bad.Reject(contact.Phone == "" && contact.Mail == "", "contact.mail", "form.required")
	for i, paper := range w.Call.Papers {
		bad.Reject(paper.Required && !hasPaper(w.Papers, i+1), PaperField(i+1), "funding.paper_missing")
	}
	verdicts, err := s.Eligible(ctx, tx, w.Call, w.Org, s.proposalValues(p))
	if err != nil {
		return a, p, nil, err
	}
	bad.Merge("", ineligible(verdicts))
	answers, faults := w.Own.check()
	bad.Merge("", faults)
	a = Application{CallID: w.Call.ID, Round: w.Round.No, OrgID: w.Draft.OrgID, DraftID: w.Draft.ID, FormID: w.Draft.FormID, FormVersion: w.Draft.FormVersion,
		Proposal: p, Answers: answers, Papers: w.Papers, Contact: contact, NormsOn: w.Call.NormsOn, Sample: w.Draft.Sample}
	return a, p, bad, nil
}

// lookupOf finds what a draft names: places, terms, and partners by their BIN.
func (s *Service) lookupOf(ctx context.Context, tx *db.Tx, values url.Values) (lookup, error) {
	var bins []string
	for _, row := range RowsOf(values, "partners") {
		if bin, ok := orgs.BIN(values.Get(rowOf("partners", row) + "org")); ok {
			bins = append(bins, bin)
		}
	}
	known, err := orgs.ByBINs(ctx, tx, bins)
	book := s.Norms.Book()
	return lookup{tree: s.Places.Tree(), term: book.InUse, org: func(bin string) ref.ID { return known[bin].ID }}, err
}

// PaperField is the field of the files of a paper, by its place in the terms.
func PaperField(paper int) string { return "papers." + strconv.Itoa(paper) }

func contactOf(v url.Values) Contact {
	get := func(name string) string { return strings.TrimSpace(v.Get(name)) }
	return Contact{Name: get("contact.name"), Phone: get("contact.phone"), Mail: get("contact.mail")}
}

func hasPaper(files []PaperFile, paper int) bool {
	for _, f := range files {
		if f.Paper == paper {
			return true
		}
	}
	return false
}

// Submit hands a draft in. The clock of the portal at the moment when the request
// came is what counts. Handed in by two at once it becomes one application, which
// both are given.
func (s *Service) Submit(ctx context.Context, by access.Actor, draft ref.ID) (a Application, err error) {
	received := db.At(s.db.Now())
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		w, err := s.writing(ctx, tx, by, draft)
		if err != nil {
			return err
		}
		as, err := maySubmit(by, w.Draft.OrgID)
		if err != nil {
			return err
		}
		if w.Draft.State == DraftSubmitted {
			a = w.Returned // the other one was faster
			return nil
		}
		if a, _, err = s.handIn(ctx, tx, as, w, received); err != nil {
			return err
		}
		d := w.Draft
		d.State, d.Application, d.Only, d.Version = DraftSubmitted, a.ID, nil, d.Version+1
		if err := updateDraft(ctx, tx, d); err != nil {
			return err
		}
		return s.tell(ctx, tx, a, w.Call)
	})
	return a, err
}

// handIn makes the application of a draft, or puts the corrected one in its place.
func (s *Service) handIn(ctx context.Context, tx *db.Tx, by access.Actor, w Writing, received db.Time) (a Application, p Proposal, err error) {
	a, p, bad, err := s.judgeDraft(ctx, tx, w)
	if err != nil {
		return a, p, err
	}
	latest, err := latestEntry(ctx, tx)
	if err != nil {
		return a, p, err
	}
	at, inTime := handedIn(received, db.At(tx.Now()), latest, w.Round.Closes)
	if w.Draft.State == DraftReturned {
		a, err = s.mend(ctx, tx, by, w, a, bad, at)
		return a, p, err
	}
	switch {
	case w.Call.Cancelled():
		return a, p, problem.New(problem.Conflict, "funding.application.not_open")
	case !inTime || at.Before(w.Round.Opens.Time):
		return a, p, problem.New(problem.Conflict, "funding.application.too_late", "at", w.Round.Closes.In(s.Zone).Format("15:04:05"), "day", db.DateOf(w.Round.Closes.In(s.Zone)))
	}
	n, err := tallyOf(ctx, tx, a.CallID, a.Round, a.OrgID)
	if err != nil {
		return a, p, err
	}
	if err := orElse(w.Call.takes(n), bad.Err()); err != nil {
		return a, p, err
	}
	if a.Number, err = numberIn(ctx, tx, KindApplication, db.DateOf(at.In(s.Zone)).Year()); err != nil {
		return a, p, err
	}
	a.ID, a.State, a.SubmittedAt, a.SubmittedBy, a.Version = tx.NewID(), Submitted, at, by.UserID, 1
	if err := insertApplication(ctx, tx, a); err != nil {
		return a, p, err
	}
	if err := journal.Record(ctx, tx, by, "funding.application.submit", nil, a); err != nil {
		return a, p, err
	}
	return a, p, jobs.Enqueue(ctx, tx, roundOver{a.CallID, a.Round}, jobs.At(w.Round.Closes.Time), jobs.Unique(a.CallID.String()+"."+strconv.Itoa(a.Round)))
}

// mend puts a corrected application in the place of the returned one.
func (s *Service) mend(ctx context.Context, tx *db.Tx, by access.Actor, w Writing, fixed Application, bad problem.Fields, at db.Time) (Application, error) {
	before := w.Returned
	a := before
	if err := a.Mended(at, db.DateOf(at.In(s.Zone))); err != nil {
		return a, err
	}
	if err := bad.Err(); err != nil {
		return a, err
	}
	a.Proposal, a.Answers, a.Papers, a.Contact = fixed.Proposal, fixed.Answers, fixed.Papers, fixed.Contact
	a.Version++
	if err := updateApplication(ctx, tx, a); err != nil {
		return a, err
	}
	if err := journal.Record(ctx, tx, by, "funding.application.mend", before, a); err != nil {
		return a, err
	}
	return a, s.settleFix(ctx, tx, by, a)
}

// WithdrawApplication takes an application back, with a reason.
func (s *Service) WithdrawApplication(ctx context.Context, by access.Actor, id ref.ID, version int64, reason i18n.Text) (Application, error) {
	return s.changeApplication(ctx, by, "funding.application.withdraw", id, version, func(tx *db.Tx, a *Application, c Call) (access.Actor, error) {
		as, err := maySubmit(by, a.OrgID)
		if err != nil {
			return as, err
		}
		was := a.State
		if err := a.Withdraw(db.At(tx.Now()), reason.Trim()); err != nil {
			return as, err
		}
		if was == Admitted {
			return as, s.leavePanels(ctx, tx, as, *a, c)
		}
		return as, s.endFix(ctx, tx, as, *a, was == Returned)
	})
}

// applicationRule changes an application and gives the actor in the role that
// allows it.
type applicationRule func(tx *db.Tx, a *Application, c Call) (access.Actor, error)

// changeApplication loads an application, applies a rule, stores and records it,
// and tells the applicant. version is the one that the person saw, 0 when it does
// not matter.
func (s *Service) changeApplication(ctx context.Context, by access.Actor, act string, id ref.ID, version int64, rule applicationRule) (a Application, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		a, err = s.changeApplicationIn(ctx, tx, by, act, id, version, rule)
		return err
	})
	return a, err
}

func (s *Service) changeApplicationIn(ctx context.Context, tx *db.Tx, by access.Actor, act string, id ref.ID, version int64, rule applicationRule) (Application, error) {
	before, c, err := s.seenApplication(ctx, tx, by, id)
	if err != nil {
		return before, err
	}
	a := before
	as, err := rule(tx, &a, c)
	stale := version != 0 && version != before.Version
	switch {
	case stale && (err == nil || problem.Is(err, problem.Invalid)):
		return a, problem.New(problem.Conflict, "problem.changed_meanwhile")
	case err != nil:
		return a, err
	}
	a.Version++
	if err := updateApplication(ctx, tx, a); err != nil {
		return a, err
	}
	if err := journal.Record(ctx, tx, as, act, before, a); err != nil {
		return a, err
	}
	if err := s.settleRound(ctx, tx, as, c, a.Round); err != nil || s.Tell == nil {
		return a, err
	}
	return a, s.Tell(ctx, tx, ApplicationLetter{Application: a, Call: c, Unchecked: act == actUncheck})
}

// seenApplication loads an application that the actor may see, with its call.
func (s *Service) seenApplication(ctx context.Context, tx *db.Tx, by access.Actor, id ref.ID) (a Application, c Call, err error) {
	if a, err = applicationByID(ctx, tx, id); err != nil {
		return a, c, err
	}
	if c, err = callByID(ctx, tx, a.CallID); err != nil {
		return a, c, err
	}
	if !s.maySeeApplication(by, a, c) {
		return Application{}, Call{}, problem.New(problem.NotFound, "problem.not_found")
	}
	return a, c, nil
}

// ApplicationIn finds an application as it stands, whoever asks.
func (s *Service) ApplicationIn(ctx context.Context, tx *db.Tx, id ref.ID) (Application, error) {
	return applicationByID(ctx, tx, id)
}
