package projects

import (
	"context"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
)

// CreateMany begins many projects in one transaction, with few statements: as
// plans, or agreed already where an agreement is given. Each is judged as by
// Create; only the portal itself may do so.
func (s *Service) CreateMany(ctx context.Context, by access.Actor, plans []NewProject) (made []Project, err error) {
	if !by.IsPortal() {
		return nil, problem.New(problem.Forbidden, "projects.only_funder_side")
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		made = made[:0]
		for _, n := range plans {
			p := Project{ID: tx.NewID(), OrgID: n.OrgID, FunderID: n.FunderID, Programme: n.Programme, Plan: s.settled(tx, n.Plan),
				NormsOn: s.today(tx), Sample: n.Sample, CreatedAt: db.At(tx.Now()), Version: 1}
			if err := s.judge(ctx, tx, p); err != nil {
				return err
			}
			if n.Agreement.Number != "" {
				if err := p.Agree(n.Agreement); err != nil {
					return err
				}
				p.reschedule(tx.NewID, s.dueAfter(p.Days))
			}
			made = append(made, p)
		}
		if err := insertProjects(ctx, tx, made); err != nil {
			return err
		}
		changes := make([]journal.Pair, len(made))
		for i, p := range made {
			changes[i].After = p
		}
		if err := journal.RecordMany(ctx, tx, by, "projects.create", changes); err != nil {
			return err
		}
		for _, p := range made {
			if !p.AgreedOn.IsZero() {
				if err := s.owe(ctx, tx, by, p); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return made, err
}

// insertProjects stores new projects and their money by year.
func insertProjects(ctx context.Context, tx *db.Tx, list []Project) error {
	var rows, years [][]any
	for i := range list {
		p := &list[i]
		rows = append(rows, p.row())
		for _, y := range p.MoneyByYear(nil) {
			years = append(years, []any{p.ID, y.Year, y.Planned, y.Paid, y.Accepted})
		}
	}
	if err := db.InsertMany(ctx, tx, `INSERT INTO projects (`+projectColumns+`)`, rows); err != nil {
		return err
	}
	return db.InsertMany(ctx, tx, `INSERT INTO project_years (project_id, year, planned, paid, accepted)`, years)
}
