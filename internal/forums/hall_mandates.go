package forums

import (
	"context"
	"slices"
	"strings"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Mandate is a voice that an organization or a delegation has given to somebody who
// takes part. It can be passed on once.
type Mandate struct {
	ID      ref.ID `json:"id"`
	Version int64  `json:"version"`
	ForumID ref.ID `json:"forum_id"`
	// Of is the organization or delegation.
	Of string `json:"of"`
	// HolderID is the registration of who votes now; PassedFrom that of who held it
	// first, 0 while it was not passed on.
	HolderID   ref.ID  `json:"holder_id"`
	PassedFrom ref.ID  `json:"passed_from"`
	PassedAt   db.Time `json:"passed_at"`
}

// Ref names the mandate by whose it is.
func (m Mandate) Ref() ref.Ref {
	r := hallRef(KindMandate, m.ID, m.ForumID)
	r.Title = i18n.Text{KK: m.Of, RU: m.Of, EN: m.Of}
	return r
}

// JournalVersion is the version of the row.
func (m Mandate) JournalVersion() int64 { return m.Version }

// Root is the forum.
func (m Mandate) Root() ref.Ref { return ref.Ref{Kind: Kind, ID: m.ForumID} }

// pass gives the mandate to somebody else, once.
func (m *Mandate) pass(from, to ref.ID, now db.Time) error {
	switch {
	case m.HolderID != from:
		return problem.New(problem.Conflict, "forums.mandate_gone")
	case m.PassedFrom != 0:
		return problem.New(problem.Conflict, "forums.mandate_passed", "of", m.Of)
	case from == to:
		return problem.Fields{"code": {Key: "forums.mandate_self"}}.Err()
	}
	m.HolderID, m.PassedFrom, m.PassedAt = to, from, now
	return nil
}

// tidyCode is a code as it is kept, however it was typed.
func tidyCode(s string) string {
	s = strings.ToUpper(strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '-' }), ""))
	return strings.NewReplacer("O", "0", "I", "1", "L", "1").Replace(s)
}

// NewMandate is one line of a list of mandates: who holds it, by the code, for whom.
type NewMandate struct{ Code, Of string }

// ReadMandates reads a list: a line has a code, a space and for whom it is.
func ReadMandates(text string) (list []NewMandate, err error) {
	for i, line := range strings.Split(text, "\n") {
		line = strings.Join(strings.Fields(line), " ")
		if line == "" {
			continue
		}
		code, of, ok := strings.Cut(line, " ")
		if !ok {
			return nil, problem.Fields{"list": {Key: "forums.mandate_line", Args: []any{"line", i + 1}}}.Err()
		}
		list = append(list, NewMandate{Code: tidyCode(code), Of: of})
	}
	if len(list) == 0 {
		return nil, problem.Fields{"list": {Key: "form.required"}}.Err()
	}
	return list, nil
}

// GiveMandates takes down who votes for whom. All lines are taken or none: for one
// organization there is one mandate, and its holder was admitted.
func (s *Service) GiveMandates(ctx context.Context, by access.Actor, forum ref.ID, lines []NewMandate) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		_, as, err := s.kept(ctx, tx, by, forum)
		if err != nil {
			return err
		}
		if err := s.hallIsHere(ctx, tx, forum); err != nil {
			return err
		}
		there, err := mandatesIn(ctx, tx, forum)
		if err != nil {
			return err
		}
		var made []journal.Pair
		for _, n := range lines {
			x, known, err := registrationByCode(ctx, tx, forum, n.Code)
			if err != nil {
				return err
			}
			if !known || x.State != Admitted {
				return problem.Fields{"list": {Key: "forums.mandate_code", Args: []any{"code", n.Code}}}.Err()
			}
			if slices.ContainsFunc(there, func(m Mandate) bool { return strings.EqualFold(m.Of, n.Of) }) {
				return problem.Fields{"list": {Key: "forums.mandate_there", Args: []any{"of", n.Of}}}.Err()
			}
			m := Mandate{ID: tx.NewID(), Version: 1, ForumID: forum, Of: n.Of, HolderID: x.ID}
			if err := insertMandate(ctx, tx, m); err != nil {
				return err
			}
			there, made = append(there, m), append(made, journal.Pair{After: m})
		}
		return journal.RecordMany(ctx, tx, as, "forums.mandate.give", made)
	})
}

// PassMandate gives a mandate on to somebody else in the hall, by that person's code.
func (s *Service) PassMandate(ctx context.Context, by access.Actor, token string, id ref.ID, code string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		l, err := s.linkFor(ctx, tx, token, Attends)
		if err != nil {
			return err
		}
		m, err := mandateByID(ctx, tx, id)
		if err == nil && m.ForumID != l.ForumID {
			err = problem.New(problem.NotFound, "problem.not_found")
		}
		if err != nil {
			return err
		}
		to, known, err := registrationByCode(ctx, tx, l.ForumID, tidyCode(code))
		if err != nil {
			return err
		}
		before := m
		if known && to.State != Admitted {
			known = false
		}
		if known || m.PassedFrom != 0 || m.HolderID != l.RegistrationID {
			err = m.pass(l.RegistrationID, to.ID, db.At(tx.Now()))
		} else {
			err = problem.Fields{"code": {Key: "forums.code_unknown"}}.Err()
		}
		if err != nil {
			return err
		}
		m.Version++
		if err := updateMandate(ctx, tx, m); err != nil {
			return err
		}
		return journal.Record(ctx, tx, guest(by), "forums.mandate.pass", before, m)
	})
}
