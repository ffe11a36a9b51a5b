package funding

import (
	"context"
	"slices"

	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Foreseen is what a batch would make of one application.
type Foreseen struct {
	Application
	Org     ref.Ref
	Becomes ApplicationState
	No      *problem.Problem // why nothing can be done with it
}

// Foresee tells what a batch would do with each of its applications, before anybody
// presses the button; those that the reader may not see are left out.
func (s *Service) Foresee(ctx context.Context, by access.Actor, b Batch) (c Call, list []Foreseen, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list = nil
		if c, err = s.checkedCall(ctx, tx, by, b.CallID); err != nil {
			return err
		}
		codes, m := CheckCodes(c.Terms), s.moment(tx, by, c)
		names, err := s.foreseen(ctx, tx, b)
		if err != nil {
			return err
		}
		for _, x := range names {
			if x.CallID != c.ID || !s.maySeeApplication(by, x.Application, c) {
				continue
			}
			after := x.Application
			_, err := s.mayCheckApplication(by, after, c)
			if err == nil {
				err = worded(b, codes).deal(&after, codes, m)
			}
			if x.No = problem.As(err); x.No == nil && err != nil {
				return err
			}
			x.Becomes = after.State
			list = append(list, x)
		}
		return nil
	})
	return c, list, err
}

// worded is a batch that lacks no words, to see what it does.
func worded(b Batch, codes []string) Batch {
	b.Reason, b.Fields, b.Code = i18n.Only(i18n.RU, "-"), []string{string(StepPapers)}, codes[0]
	return b
}

func (s *Service) foreseen(ctx context.Context, tx *db.Tx, b Batch) (list []Foreseen, err error) {
	var ids, who []ref.ID
	for _, x := range b.Entries {
		ids = append(ids, x.ApplicationID)
	}
	for part := range slices.Chunk(ids, 300) {
		some, err := applicationsByIDs(ctx, tx, part)
		if err != nil {
			return nil, err
		}
		for _, a := range some {
			list, who = append(list, Foreseen{Application: a}), append(who, a.OrgID)
		}
	}
	names, err := orgs.Refs(ctx, tx, who)
	for i := range list {
		list[i].Org = names[list[i].OrgID]
	}
	return list, err
}

func (s *Service) moment(tx *db.Tx, by access.Actor, c Call) moment {
	today := s.today(tx)
	return moment{at: db.At(tx.Now()), today: today, fixDue: s.Norms.Book().Due("application.fix", today, c.NormsOn), by: by.UserID}
}

// Deal does a batch in one transaction: with all of its applications or with none.
func (s *Service) Deal(ctx context.Context, by access.Actor, b Batch) (Batch, error) {
	b.Reason = b.Reason.Trim()
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		c, as, err := s.keptCall(ctx, tx, by, b.CallID)
		if problem.Is(err, problem.Forbidden) { // of applications others know nothing
			err = problem.New(problem.NotFound, "problem.not_found")
		}
		if err != nil {
			return err
		}
		codes, m := CheckCodes(c.Terms), s.moment(tx, by, c)
		if err := b.check(codes); err != nil {
			return err
		}
		b.ID, b.MadeAt, b.MadeBy, b.Sample, b.Version = tx.NewID(), m.at, by.UserID, c.Sample, 1
		done := make([]BatchItem, 0, len(b.Entries))
		for _, x := range b.Entries {
			a, err := s.changeApplicationIn(ctx, tx, by, "funding.application."+string(b.Act), x.ApplicationID, 0, s.dealing(ctx, by, b, codes, m))
			if err != nil {
				return err
			}
			done = append(done, BatchItem{a.ID, a.Version})
		}
		b.Entries = done
		if err := insertBatch(ctx, tx, b); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, "funding.batch.make", nil, b)
	})
	return b, err
}

// dealing is the rule of a batch for one application, with what follows from it.
func (s *Service) dealing(ctx context.Context, by access.Actor, b Batch, codes []string, m moment) applicationRule {
	return func(tx *db.Tx, a *Application, c Call) (access.Actor, error) {
		as, err := s.mayCheckApplication(by, *a, c)
		if err != nil {
			return as, err
		}
		if a.CallID != b.CallID {
			return as, problem.New(problem.NotFound, "problem.not_found")
		}
		returned := a.State == Returned
		if err := b.deal(a, codes, m); err != nil {
			return as, err
		}
		if b.Act != BatchReturn {
			return as, s.endFix(ctx, tx, as, *a, returned)
		}
		if err := s.reopen(ctx, tx, *a); err != nil {
			return as, err
		}
		return as, s.oweFix(ctx, tx, as, *a, c)
	}
}

// Batches gives the latest batches of a call to its funder's side.
func (s *Service) Batches(ctx context.Context, by access.Actor, call ref.ID) (list []Batch, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if _, err := s.checkedCall(ctx, tx, by, call); err != nil {
			return err
		}
		list, err = db.All(ctx, tx, scanBatch, `SELECT `+batchColumns+` FROM application_batches WHERE call_id = $1 ORDER BY id DESC LIMIT 5`, call)
		return err
	})
	return list, err
}

// UndoBatch takes a batch back as far as nobody has touched its applications since
// and no expert has them; rest are those that stay as they are.
func (s *Service) UndoBatch(ctx context.Context, by access.Actor, id ref.ID) (b Batch, rest []Application, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		rest = nil
		if b, err = batchByID(ctx, tx, id); err != nil {
			return err
		}
		c, err := s.checkedCall(ctx, tx, by, b.CallID)
		if err != nil {
			return err
		}
		if !b.Undoable() {
			return problem.New(problem.Conflict, "funding.batch.not_undone")
		}
		back := map[int]bool{}
		for _, x := range b.Entries {
			a, err := s.changeApplicationIn(ctx, tx, by, actUncheck, x.ApplicationID, 0, s.unchecking(ctx, by, x.Version))
			if problem.Is(err, problem.Conflict) {
				rest = append(rest, a)
				continue
			}
			if err != nil {
				return err
			}
			back[a.Round] = true
		}
		if len(back) == 0 {
			return problem.New(problem.Conflict, "funding.batch.not_undone")
		}
		return s.undone(ctx, tx, by, c, &b, back)
	})
	return b, rest, err
}

// actUncheck takes back what the formal check said of an application.
const actUncheck = "funding.application.uncheck"

// unchecking takes back what the check said, while no panel has the round and
// nobody appeals.
func (s *Service) unchecking(ctx context.Context, by access.Actor, version int64) applicationRule {
	return func(tx *db.Tx, a *Application, c Call) (access.Actor, error) {
		as, err := s.mayCheckApplication(by, *a, c)
		if err != nil {
			return as, err
		}
		_, judged, err := s.panelOf(ctx, tx, c, a.Round)
		if err != nil {
			return as, err
		}
		appeals, err := appealsOf(ctx, tx, a.ID)
		if err != nil {
			return as, err
		}
		if judged || len(appeals) > 0 {
			return as, problem.New(problem.Conflict, "funding.batch.touched")
		}
		return as, a.uncheck(version)
	}
}

// undone notes that a batch was taken back, and lets the check of its rounds be owed
// again.
func (s *Service) undone(ctx context.Context, tx *db.Tx, by access.Actor, c Call, b *Batch, rounds map[int]bool) error {
	as, err := s.mayKeepCall(by, c)
	if err != nil {
		return err
	}
	for no := range rounds {
		thing, err := roundThing(ctx, tx, c, no)
		if err != nil {
			return err
		}
		if err := s.Obligations.Reopen(ctx, tx, as, thing, CheckOwed); err != nil {
			return err
		}
	}
	before := *b
	b.UndoneAt, b.Version = db.At(tx.Now()), b.Version+1
	if err := tx.ExecOne(ctx, `UPDATE application_batches SET undone_at = $3, version = $4 WHERE id = $1 AND version = $2`, b.ID, before.Version, b.UndoneAt, b.Version); err != nil {
		return err
	}
	return journal.Record(ctx, tx, as, "funding.batch.undo", before, *b)
}

const batchColumns = `id, call_id, act, code, fields, reason, entries, made_at, made_by, undone_at, sample, version`

func scanBatch(r db.Row) (b Batch, err error) {
	err = r.Scan(&b.ID, &b.CallID, &b.Act, &b.Code, db.AsJSON(&b.Fields), &b.Reason, db.AsJSON(&b.Entries), &b.MadeAt, &b.MadeBy, &b.UndoneAt, &b.Sample, &b.Version)
	return b, err
}

func insertBatch(ctx context.Context, tx *db.Tx, b Batch) error {
	_, err := tx.Exec(ctx, `INSERT INTO application_batches (`+batchColumns+`) VALUES (`+slots(12)+`)`,
		b.ID, b.CallID, string(b.Act), b.Code, db.AsJSON(&b.Fields), b.Reason, db.AsJSON(&b.Entries), b.MadeAt, b.MadeBy, b.UndoneAt, b.Sample, b.Version)
	return err
}

func batchByID(ctx context.Context, tx *db.Tx, id ref.ID) (Batch, error) {
	return db.One(ctx, tx, scanBatch, `SELECT `+batchColumns+` FROM application_batches WHERE id = $1`, id)
}
