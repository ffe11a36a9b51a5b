package norms

import (
	"context"
	"sync/atomic"
	"time"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
	"birge/internal/platform/todo"
)

// Service keeps the norms.
type Service struct {
	db   *db.DB
	zone *time.Location
	now  atomic.Pointer[shelf]
}

// shelf is what was read last, and the book made of it for a day.
type shelf struct {
	content
	book *Book
}

// New opens the room; call Reload before the first use of Book. zone is the one
// in which the portal counts its days.
func New(d *db.DB, zone *time.Location) *Service {
	s := &Service{db: d, zone: zone}
	s.now.Store(&shelf{book: newBook(s.today(), content{})})
	return s
}

func (s *Service) today() db.Date { return db.DateOf(s.db.Now().In(s.zone)) }

// Book is everything that holds today, as it was at the last Reload.
func (s *Service) Book() *Book {
	sh := s.now.Load()
	if today := s.today(); sh.book.on != today {
		next := &shelf{sh.content, newBook(today, sh.content)}
		s.now.CompareAndSwap(sh, next)
		return next.book
	}
	return sh.book
}

// Reload reads the norms anew.
func (s *Service) Reload(ctx context.Context) error {
	var c content
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		c, err = read(ctx, tx)
		return err
	})
	if err == nil {
		s.now.Store(&shelf{c, newBook(s.today(), c)})
	}
	return err
}

// Propose records what shall hold from a day to come. It is Invalid when the day
// is not to come, or another change of the same thing begins later.
func (s *Service) Propose(ctx context.Context, by access.Actor, d Draft) (p Proposal, err error) {
	if err := mayPropose(by); err != nil {
		return Proposal{}, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		b, err := s.bookIn(ctx, tx)
		if err != nil {
			return err
		}
		if err := d.check(b, b.on); err != nil {
			return err
		}
		p = Proposal{ID: tx.NewID(), Version: 1, What: d.What, About: d.about(), Body: Body{d.Norm, d.Term, d.Table}, From: d.From,
			Reason: d.Reason, State: open, ProposedBy: by.UserID, ProposedAt: db.At(tx.Now())}
		if err := insertProposal(ctx, tx, p); err != nil {
			return err
		}
		return journal.Record(ctx, tx, by.As(access.Keeper, 0), "norms.propose", nil, p)
	})
	return p, err
}

// bookIn is the book as the transaction sees it.
func (s *Service) bookIn(ctx context.Context, tx *db.Tx) (*Book, error) {
	c, err := read(ctx, tx)
	return newBook(db.DateOf(tx.Now().In(s.zone)), c), err
}

// Confirm makes hold what another keeper proposed. It is Forbidden for the one
// who proposed it, a Conflict when it is decided already, and Invalid when its
// day has come meanwhile.
func (s *Service) Confirm(ctx context.Context, by access.Actor, id ref.ID) (p Proposal, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if p, err = proposalByID(ctx, tx, id); err != nil {
			return err
		}
		if err := mayConfirm(by, p); err != nil {
			return err
		}
		if !p.IsOpen() {
			return problem.New(problem.Conflict, "norms.decided")
		}
		b, err := s.bookIn(ctx, tx)
		if err != nil {
			return err
		}
		if err := p.draft().check(b, b.on); err != nil {
			return err
		}
		by := by.As(access.Keeper, 0)
		if p, err = decide(ctx, tx, by, p, taken); err != nil {
			return err
		}
		return apply(ctx, tx, by, b, p)
	})
	if err != nil {
		return Proposal{}, err
	}
	return p, s.Reload(ctx)
}

// Withdraw ends a proposal without effect; any keeper may.
func (s *Service) Withdraw(ctx context.Context, by access.Actor, id ref.ID) (p Proposal, err error) {
	if err := mayPropose(by); err != nil {
		return Proposal{}, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if p, err = proposalByID(ctx, tx, id); err != nil {
			return err
		}
		if !p.IsOpen() {
			return problem.New(problem.Conflict, "norms.decided")
		}
		p, err = decide(ctx, tx, by.As(access.Keeper, 0), p, refused)
		return err
	})
	return p, err
}

func (p Proposal) draft() Draft {
	return Draft{What: p.What, From: p.From, Reason: p.Reason, Norm: p.Body.Norm, Term: p.Body.Term, Table: p.Body.Table}
}

func decide(ctx context.Context, tx *db.Tx, by access.Actor, old Proposal, state string) (Proposal, error) {
	p := old
	p.State, p.DecidedBy, p.DecidedAt, p.Version = state, by.UserID, db.At(tx.Now()), old.Version+1
	if err := saveProposal(ctx, tx, p); err != nil {
		return p, err
	}
	act := map[string]string{taken: "norms.confirm", refused: "norms.withdraw"}[state]
	return p, journal.Record(ctx, tx, by, act, old, p)
}

// apply writes what a confirmed proposal changes.
func apply(ctx context.Context, tx *db.Tx, by access.Actor, b *Book, p Proposal) error {
	switch p.What {
	case ANorm:
		return applyNorm(ctx, tx, by, b, *p.Body.Norm, p.From)
	case ATerm:
		return applyTerm(ctx, tx, by, b, *p.Body.Term, p.From)
	case NoTerm:
		return endTerm(ctx, tx, by, b, *p.Body.Term, p.From)
	}
	return applyTable(ctx, tx, by, b, *p.Body.Table, p.From)
}

// applyNorm ends the norm of the key that holds on the day, and starts the new one.
func applyNorm(ctx context.Context, tx *db.Tx, by access.Actor, b *Book, n Norm, from db.Date) error {
	if old, ok := b.Norm(n.Key, from); ok {
		end := old
		end.To, end.Version = from.AddDays(-1), old.Version+1
		if err := saveNorm(ctx, tx, end); err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, by, "norms.end", old, end); err != nil {
			return err
		}
	}
	n.ID, n.Version, n.From = tx.NewID(), 1, from
	return addNorm(ctx, tx, by, n)
}

func addNorm(ctx context.Context, tx *db.Tx, by access.Actor, n Norm) error {
	if err := insertNorm(ctx, tx, n); err != nil {
		return err
	}
	return journal.Record(ctx, tx, by, "norms.begin", nil, n)
}

func applyTerm(ctx context.Context, tx *db.Tx, by access.Actor, b *Book, t Term, from db.Date) error {
	if err := endTerm(ctx, tx, by, b, t, from); err != nil {
		return err
	}
	t.ID, t.Version, t.Since, t.Num = tx.NewID(), 1, from, b.numFor(t.List, t.Code)
	return addTerm(ctx, tx, by, t)
}

func addTerm(ctx context.Context, tx *db.Tx, by access.Actor, t Term) error {
	if err := insertTerm(ctx, tx, t); err != nil {
		return err
	}
	return journal.Record(ctx, tx, by, "norms.term.begin", nil, t)
}

// endTerm ends the entry of the code that is in use on the day, if there is one.
func endTerm(ctx context.Context, tx *db.Tx, by access.Actor, b *Book, t Term, from db.Date) error {
	old, ok := b.inUseOn(t.List, t.Code, from)
	if !ok {
		return nil
	}
	end := old
	end.Until, end.Version = from.AddDays(-1), old.Version+1
	if err := saveTerm(ctx, tx, end); err != nil {
		return err
	}
	return journal.Record(ctx, tx, by, "norms.term.end", old, end)
}

// applyTable puts the days of a table in place of those from the day on.
func applyTable(ctx context.Context, tx *db.Tx, by access.Actor, b *Book, t Table, from db.Date) error {
	for d := from; d.Year() == t.Year; d = d.AddDays(1) {
		old, ok := b.calendar.Day(d)
		if !ok {
			continue
		}
		if err := deleteDay(ctx, tx, old); err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, by, "norms.day.end", old, nil); err != nil {
			return err
		}
	}
	for _, d := range t.Days {
		d.ID, d.Version = tx.NewID(), 1
		if err := addDay(ctx, tx, by, d); err != nil {
			return err
		}
	}
	return applyYear(ctx, tx, by, b, Year{Year: t.Year, Law: t.Law, LawURL: t.LawURL})
}

func addDay(ctx context.Context, tx *db.Tx, by access.Actor, d Day) error {
	if err := insertDay(ctx, tx, d); err != nil {
		return err
	}
	return journal.Record(ctx, tx, by, "norms.day.begin", nil, d)
}

func applyYear(ctx context.Context, tx *db.Tx, by access.Actor, b *Book, y Year) error {
	old, ok := b.calendar.Year(y.Year)
	if !ok {
		y.ID, y.Version = tx.NewID(), 1
		if err := insertYear(ctx, tx, y); err != nil {
			return err
		}
		return journal.Record(ctx, tx, by, "norms.year.publish", nil, y)
	}
	y.ID, y.Version = old.ID, old.Version+1
	if err := saveYear(ctx, tx, y); err != nil {
		return err
	}
	return journal.Record(ctx, tx, by, "norms.year.publish", old, y)
}

// Proposals lists what was proposed about something: the key of a norm, a list,
// "calendar/2027", or "" for everything; the latest first, at most 200.
func (s *Service) Proposals(ctx context.Context, about string) (ps []Proposal, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		ps, err = proposals(ctx, tx, about)
		return err
	})
	return ps, err
}

// Waiting lists the proposals of other keepers, which wait for a second one.
func (s *Service) Waiting(ctx context.Context, by access.Actor) ([]todo.Task, error) {
	if !by.HasAny(access.Keeper) {
		return nil, nil
	}
	return todo.Of(ctx, s.db, by, func(ctx context.Context, tx *db.Tx, by access.Actor) (out []todo.Task, err error) {
		list, err := proposals(ctx, tx, "")
		for _, p := range list {
			if p.IsOpen() && p.ProposedBy != by.UserID {
				out = append(out, todo.Task{Act: "norms.confirm", Thing: p.Ref(), Path: "/norms", Since: db.DateOf(p.ProposedAt.Time)})
			}
		}
		return out, err
	})
}

// Proposal is one proposal.
func (s *Service) Proposal(ctx context.Context, id ref.ID) (p Proposal, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		p, err = proposalByID(ctx, tx, id)
		return err
	})
	return p, err
}
