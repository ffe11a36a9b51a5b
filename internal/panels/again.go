package panels

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

// readBefore tells which experts have marked which works of a panel in another one:
// nobody marks a work again when it is judged anew.
type readBefore map[ref.ID]map[ref.ID]bool // expert, thing that is the work

func readBeforeOf(ctx context.Context, tx *db.Tx, panel ref.ID) (readBefore, error) {
	type read struct{ expert, work ref.ID }
	out := readBefore{}
	return out, db.Each(ctx, tx, func(r db.Row) (x read, err error) {
		err = r.Scan(&x.expert, &x.work)
		return x, err
	}, func(x read) error {
		if out[x.expert] == nil {
			out[x.expert] = map[ref.ID]bool{}
		}
		out[x.expert][x.work] = true
		return nil
	}, `SELECT a.expert_id, w.ref_id FROM panel_works mine
		JOIN panel_works w ON w.ref_kind = mine.ref_kind AND w.ref_id = mine.ref_id AND w.panel_id <> mine.panel_id
		JOIN panel_assignments a ON a.work_id = w.id AND a.submitted_at IS NOT NULL WHERE mine.panel_id = $1`, panel)
}

// JudgedOf gives what the experts gave one work, once the marks of the panel are
// open.
func (s *Service) JudgedOf(ctx context.Context, tx *db.Tx, panel ref.ID, work ref.Ref) (p Panel, out []Judged, err error) {
	if p, err = panelByID(ctx, tx, panel); err != nil {
		return p, nil, err
	}
	if err := p.at(Revealed, Decided); err != nil {
		return p, nil, err
	}
	w, err := workOf(ctx, tx, panel, work)
	if err != nil {
		return p, nil, err
	}
	seats, err := seatsOf(ctx, tx, panel)
	if err != nil {
		return p, nil, err
	}
	no := map[ref.ID]int{}
	for _, seat := range seats {
		no[seat.ExpertID] = seat.No
	}
	list, err := assignmentsOfWork(ctx, tx, w.ID)
	for _, a := range list {
		if a.In() {
			out = append(out, Judged{no[a.ExpertID], Total(p.Criteria, a.Scores), a.Scores})
		}
	}
	return p, out, err
}

// StagesOf tells how far the panels of subjects of a kind are, the last one of each
// that was not cancelled.
func StagesOf(ctx context.Context, tx *db.Tx, kind string, subjects []ref.ID) (map[ref.ID]Stage, error) {
	out := map[ref.ID]Stage{}
	return out, db.Each(ctx, tx, scanPanel, func(p Panel) error {
		if p.Stage() != Cancelled {
			out[p.Subject.ID] = p.Stage()
		}
		return nil
	}, `SELECT `+panelColumns+` FROM panels WHERE subject_kind = $1 AND subject_id IN `+db.In(2, len(subjects))+` ORDER BY id`, db.Args([]any{kind}, subjects)...)
}
