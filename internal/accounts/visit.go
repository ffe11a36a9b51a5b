package accounts

import (
	"context"
	"time"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Visit is that somebody came to the help desk in person and an officer acts for
// them: every entry names both. The person leaves with a slip, whose code undoes
// the visit.
type Visit struct {
	ID        ref.ID `json:"id"`
	PersonID  ref.ID `json:"person_id"`
	OfficerID ref.ID `json:"officer_id"`
	// Enrolled tells that the person had no account before.
	Enrolled bool `json:"enrolled"`
	// About says in the officer's words what the person came for.
	About    string  `json:"about"`
	MadeAt   db.Time `json:"made_at"`
	UntilAt  db.Time `json:"until_at"`
	EndedAt  db.Time `json:"ended_at"`
	UndoneAt db.Time `json:"undone_at"`
	Version  int64   `json:"version"`
}

// Ref names the visit by id alone.
func (v Visit) Ref() ref.Ref { return ref.Ref{Kind: "visit", ID: v.ID} }

// Root is the person who came.
func (v Visit) Root() ref.Ref { return ref.Ref{Kind: "person", ID: v.PersonID} }

// JournalVersion is the version of the row.
func (v Visit) JournalVersion() int64 { return v.Version }

// Public is never true of a visit.
func (v Visit) Public() bool { return false }

// Running tells that the officer may act for the person at that time.
func (v Visit) Running(now time.Time) bool {
	return v.EndedAt.IsZero() && v.UndoneAt.IsZero() && now.Before(v.UntilAt.Time)
}

const (
	visitLife = time.Hour
	maxAbout  = 500
	visitCode = 26 // characters of 5 bits
)

// Undoing lets another room take back what was done during a visit, in the
// transaction in which the visit is undone.
type Undoing func(ctx context.Context, tx *db.Tx, by access.Actor, v Visit) error

// OnUndo has f called when a visit is undone. The app calls it before the portal serves.
func (s *Service) OnUndo(f Undoing) { s.undoing = append(s.undoing, f) }

// mayReceive: an officer, with the second factor, and not while acting for another.
func mayReceive(by access.Actor) error {
	switch {
	case !by.HasAny(access.Officer) || by.OnBehalf != 0:
		return problem.New(problem.Forbidden, "problem.forbidden")
	case !by.Confirmed:
		return ErrConfirm()
	}
	return nil
}

const visitColumns = `id, person_id, officer_id, enrolled, about, made_at, until_at, ended_at, undone_at, version`

func scanVisit(r db.Row) (v Visit, err error) {
	err = r.Scan(&v.ID, &v.PersonID, &v.OfficerID, &v.Enrolled, &v.About, &v.MadeAt, &v.UntilAt, &v.EndedAt, &v.UndoneAt, &v.Version)
	return v, err
}

func visitByID(ctx context.Context, tx *db.Tx, id ref.ID) (Visit, error) {
	return db.One(ctx, tx, scanVisit, `SELECT `+visitColumns+` FROM visits WHERE id = $1`, id)
}

func insertVisit(ctx context.Context, tx *db.Tx, v Visit) error {
	_, err := tx.Exec(ctx, `INSERT INTO visits (`+visitColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`,
		v.ID, v.PersonID, v.OfficerID, v.Enrolled, v.About, v.MadeAt, v.UntilAt, v.EndedAt, v.UndoneAt, v.Version)
	return err
}

func saveVisit(ctx context.Context, tx *db.Tx, v Visit) error {
	return tx.ExecOne(ctx, `UPDATE visits SET ended_at = $1, undone_at = $2, version = version + 1 WHERE id = $3 AND version = $4`,
		v.EndedAt, v.UndoneAt, v.ID, v.Version)
}

// Receive opens a visit of somebody who stands at the desk, and gives the code
// for their slip. A person with that address is acted for; otherwise one is made.
// From now the officer's session acts for the person, until the visit ends.
func (s *Service) Receive(ctx context.Context, by access.Actor, n NewPerson, about string) (v Visit, code string, err error) {
	if err := mayReceive(by); err != nil {
		return v, "", err
	}
	bad := n.check(false)
	about = oneSpace(about)
	bad.Reject(about == "", "about", "form.required")
	bad.Reject(len([]rune(about)) > maxAbout, "about", "form.too_long", "max", maxAbout)
	if err := bad.Err(); err != nil {
		return v, "", err
	}
	defer s.forget()
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		p, known, err := visitor(ctx, tx, by, n)
		if err != nil {
			return err
		}
		now := tx.Now()
		v = Visit{ID: tx.NewID(), PersonID: p.ID, OfficerID: by.UserID, Enrolled: !known, About: about,
			MadeAt: db.At(now), UntilAt: db.At(now.Add(visitLife)), Version: 1}
		if err := insertVisit(ctx, tx, v); err != nil {
			return err
		}
		code = newCode(visitCode)
		if _, err := issue(ctx, tx, code, ticket{purpose: toUndo, data: v.ID.String()}, undoLife); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE sessions SET visit_id = $1 WHERE id = $2`, v.ID, by.Session); err != nil {
			return err
		}
		by.OnBehalf = p.ID
		if err := journal.Record(ctx, tx, by, "accounts.visit.open", nil, v); err != nil || !known || p.Email == "" {
			return err
		}
		return s.post(ctx, tx, Letter{Kind: "visit", To: p.Email, Lang: langOf(p)}) // in case it was somebody else
	})
	if err == nil {
		s.Looked(by, v.PersonID, "visit")
	}
	return v, code, err
}

// visitor is the person of the address, or a new one.
func visitor(ctx context.Context, tx *db.Tx, by access.Actor, n NewPerson) (Person, bool, error) {
	if n.Email != "" {
		p, known, err := personByEmail(ctx, tx, n.Email)
		if err != nil {
			return p, known, err
		}
		if known && (p.Status != Active || p.ID == by.UserID) {
			return p, known, problem.New(problem.Conflict, "accounts.person.not_active")
		}
		if known {
			return p, true, nil
		}
	}
	p, err := enrol(ctx, tx, by, n, "")
	return p, false, err
}

// behalfOf is the person for whom a session acts now; 0 as a rule.
func behalfOf(ctx context.Context, tx *db.Tx, x Session) (ref.ID, error) {
	if x.VisitID == 0 {
		return 0, nil
	}
	v, err := visitByID(ctx, tx, x.VisitID)
	if err != nil || !v.Running(tx.Now()) {
		return 0, err
	}
	return v.PersonID, nil
}

// EndVisit ends the visit for which the officer's session acts.
func (s *Service) EndVisit(ctx context.Context, by access.Actor) error {
	defer s.forget()
	return s.db.Update(ctx, func(tx *db.Tx) error {
		v, ok, err := runningVisit(ctx, tx, by)
		if err != nil || !ok {
			return err
		}
		after := v
		after.EndedAt = db.At(tx.Now())
		if err := saveVisit(ctx, tx, after); err != nil {
			return err
		}
		after.Version++
		return journal.Record(ctx, tx, by, "accounts.visit.end", v, after)
	})
}

func runningVisit(ctx context.Context, tx *db.Tx, by access.Actor) (Visit, bool, error) {
	v, ok, err := db.Maybe(ctx, tx, scanVisit, `SELECT `+visitColumns+` FROM visits
		WHERE id = (SELECT visit_id FROM sessions WHERE id = $1) AND officer_id = $2`, by.Session, by.UserID)
	return v, ok && v.Running(tx.Now()), err
}

// VisitNow is the visit for which the officer's session acts, and the person.
func (s *Service) VisitNow(ctx context.Context, by access.Actor) (v Visit, p Person, ok bool, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if v, ok, err = runningVisit(ctx, tx, by); err != nil || !ok {
			return err
		}
		p, err = personByID(ctx, tx, v.PersonID)
		return err
	})
	return v, p, ok, err
}

// VisitOfCode shows the visit of a slip to its bearer.
func (s *Service) VisitOfCode(ctx context.Context, from Knock, code string) (v Visit, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if err := admit(ctx, tx, try{codesBy, from.Address}); err != nil {
			return err
		}
		return nil
	})
	if err != nil {
		return v, err
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		t, err := ticketOf(ctx, tx, toUndo, typedCode(code))
		if err != nil {
			return err
		}
		id, _ := ref.ParseID(t.data)
		v, err = visitByID(ctx, tx, id)
		return err
	})
	return v, err
}

// UndoVisit undoes a visit for the bearer of its slip: what the rooms can take
// back is taken back, and a person who had no account before has none again.
func (s *Service) UndoVisit(ctx context.Context, from Knock, code string) error {
	if _, err := s.VisitOfCode(ctx, from, code); err != nil {
		return err
	}
	defer s.forget()
	return s.db.Update(ctx, func(tx *db.Tx) error {
		t, err := redeem(ctx, tx, toUndo, typedCode(code))
		if err != nil {
			return err
		}
		id, _ := ref.ParseID(t.data)
		v, err := visitByID(ctx, tx, id)
		if err != nil {
			return err
		}
		by := access.Actor{UserID: v.PersonID}
		after := v
		after.UndoneAt = db.At(tx.Now())
		if err := saveVisit(ctx, tx, after); err != nil {
			return err
		}
		after.Version++
		if err := journal.Record(ctx, tx, by, "accounts.visit.undo", v, after); err != nil {
			return err
		}
		for _, undo := range s.undoing {
			if err := undo(ctx, tx, by, after); err != nil {
				return err
			}
		}
		if v.Enrolled {
			return s.erase(ctx, tx, by, v.PersonID)
		}
		return nil
	})
}
