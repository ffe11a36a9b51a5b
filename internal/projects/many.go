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
		made, err = s.createIn(ctx, tx, by, plans)
		return err
	})
	return made, err
}

// StartIn begins a project by an agreement that another room has settled between
// the two sides, in the transaction of its last signature: reports and tranches
// are owed from now on. The caller has judged the right.
func (s *Service) StartIn(ctx context.Context, tx *db.Tx, by access.Actor, n NewProject) (Project, error) {
	made, err := s.createIn(ctx, tx, by, []NewProject{n})
	if err != nil {
		return Project{}, err
	}
	return made[0], nil
}

func (s *Service) createIn(ctx context.Context, tx *db.Tx, by access.Actor, plans []NewProject) (made []Project, err error) {
	for _, n := range plans {
		p, err := s.made(ctx, tx, n)
		if err != nil {
			return nil, err
		}
		made = append(made, p)
	}
	if err := insertProjects(ctx, tx, made); err != nil {
		return nil, err
	}
	changes := make([]journal.Pair, len(made))
	for i, p := range made {
		changes[i].After = p
	}
	if err := journal.RecordMany(ctx, tx, by, "projects.create", changes); err != nil {
		return nil, err
	}
	for _, p := range made {
		if p.AgreedOn.IsZero() {
			continue
		}
		if err := s.owe(ctx, tx, by, p); err != nil {
			return nil, err
		}
	}
	return made, nil
}

// made is a new project, judged, agreed where an agreement is given.
func (s *Service) made(ctx context.Context, tx *db.Tx, n NewProject) (Project, error) {
	p := Project{ID: tx.NewID(), OrgID: n.OrgID, FunderID: n.FunderID, Programme: n.Programme, Plan: s.settled(tx, n.Plan),
		Before: n.Before, NormsOn: s.today(tx), Sample: n.Sample, CreatedAt: db.At(tx.Now()), Version: 1}
	if err := s.judge(ctx, tx, p); err != nil || n.Agreement.Number == "" {
		return p, err
	}
	if err := p.Agree(n.Agreement); err != nil {
		return p, err
	}
	p.reschedule(tx.NewID, s.dueAfter(p.Days))
	return p, p.checkConditions()
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
