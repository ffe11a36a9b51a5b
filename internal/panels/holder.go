package panels

import (
	"context"

	"birge/internal/accounts"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/ref"
)

// Holder declares what this room keeps of natural persons: of experts alone.
func (s *Service) Holder() accounts.Holder {
	field := func(table, column, purpose, ground, keep string) accounts.PersonalField {
		return accounts.PersonalField{Table: table, Column: column, Whose: "panels.whose.expert", Purpose: "panels.purpose." + purpose,
			Ground: "accounts.ground." + ground, Keep: "panels.keep." + keep}
	}
	return accounts.Holder{
		Fields: []accounts.PersonalField{
			field("panel_experts", "person_id", "pool", "consent", "account"),
			field("panel_experts", "place_id", "pool", "consent", "account"),
			field("panel_experts", "employer_id", "conflicts", "consent", "account"),
			field("panel_experts", "spheres", "pool", "consent", "account"),
			field("panel_experts", "langs", "pool", "consent", "account"),
			field("panel_conflicts", "org_id", "conflicts", "law", "account"),
			field("panel_conflicts", "ground", "conflicts", "law", "account"),
			field("panel_assignments", "scores", "marks", "law", "panel"),
			field("panel_assignments", "left_note", "conflicts", "law", "account"),
			field("panel_drafts", "comment", "marks", "consent", "draft"),
		},
		Copy:  s.copyOf,
		Erase: s.erase,
	}
}

// copyOf is what the room keeps of a person.
func (s *Service) copyOf(ctx context.Context, tx *db.Tx, person ref.ID) (map[string]any, error) {
	e, ok, err := expertOf(ctx, tx, person)
	if err != nil || !ok {
		return nil, err
	}
	conflicts, err := conflictsOf(ctx, tx, e.ID, true)
	if err != nil {
		return nil, err
	}
	marks, err := assignmentsOfExpert(ctx, tx, e.ID, 0)
	return map[string]any{"expert": e, "expert_conflicts": conflicts, "expert_marks": marks}, err
}

// erase removes a person: works that wait go to others, marks that are in stay
// under the number of the panel, conflicts and the profile go.
func (s *Service) erase(ctx context.Context, tx *db.Tx, by access.Actor, person ref.ID) error {
	e, ok, err := expertOf(ctx, tx, person)
	if err != nil || !ok {
		return err
	}
	if err := s.giveBack(ctx, tx, by, e); err != nil {
		return err
	}
	things := []ref.Ref{e.Ref()}
	conflicts, err := conflictsOf(ctx, tx, e.ID, true)
	if err != nil {
		return err
	}
	for _, c := range conflicts {
		things = append(things, c.Ref())
		if err := journal.Record(ctx, tx, by, "panels.conflict.erase", c, nil); err != nil {
			return err
		}
	}
	if err := dropConflicts(ctx, tx, e.ID); err != nil {
		return err
	}
	e.PersonID, e.Profile = 0, Profile{}
	if err := updateExpert(ctx, tx, e); err != nil {
		return err
	}
	e.Version++
	if err := journal.EraseThings(ctx, tx, by, "panels.expert.erased", things...); err != nil {
		return err
	}
	return journal.Record(ctx, tx, by, "panels.expert.erase", nil, e)
}

// giveBack takes from an expert all works that wait, and the words with which they
// gave others back.
func (s *Service) giveBack(ctx context.Context, tx *db.Tx, by access.Actor, e Expert) error {
	list, err := assignmentsOfExpert(ctx, tx, e.ID, 0)
	if err != nil {
		return err
	}
	for _, a := range list {
		p, err := panelByID(ctx, tx, a.PanelID)
		if err != nil {
			return err
		}
		switch {
		case a.LeftNote != "":
			err = s.forgetNote(ctx, tx, by, a)
		case a.Waits() && p.Stage() == Marking:
			var d *drawing
			if d, err = s.drawingIn(ctx, tx, p); err == nil {
				err = s.leave(ctx, tx, by, d, a, WhyRecusal, "")
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) forgetNote(ctx context.Context, tx *db.Tx, by access.Actor, a Assignment) error {
	a.LeftNote = ""
	if err := updateAssignment(ctx, tx, a); err != nil {
		return err
	}
	a.Version++
	if err := journal.EraseThings(ctx, tx, by, "panels.expert.erased", a.Ref()); err != nil {
		return err
	}
	return journal.Record(ctx, tx, by, "panels.expert.erase", nil, a)
}
