package panels

import (
	"context"
	"slices"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

// tally is how many works an expert has in a panel, and how far they are.
type tally struct {
	expert               ref.ID
	given, in, late, new int
}

// talliesOf counts the assignments of a panel that stand, by expert.
func talliesOf(ctx context.Context, tx *db.Tx, panel ref.ID, today db.Date) ([]tally, error) {
	return db.All(ctx, tx, func(r db.Row) (x tally, err error) {
		err = r.Scan(&x.expert, &x.given, &x.in, &x.late, &x.new)
		return x, err
	}, `SELECT expert_id, count(*), count(submitted_at), sum(CASE WHEN submitted_at IS NULL AND due < $2 THEN 1 ELSE 0 END), sum(CASE WHEN why = $3 THEN 1 ELSE 0 END)
		FROM panel_assignments WHERE panel_id = $1 AND left_at IS NULL GROUP BY expert_id`, panel, today, string(WhySpread))
}

// progressIn is progressOf counted in the store, from what each expert has.
func progressIn(ctx context.Context, tx *db.Tx, p Panel, list []tally) (g Progress, err error) {
	for _, x := range list {
		g.Given, g.In, g.Late, g.More = g.Given+x.given, g.In+x.in, g.Late+x.late, g.More+x.new
	}
	g.Experts = len(list)
	g.Works, err = db.One(ctx, tx, db.Value[int], `SELECT count(*) FROM panel_works WHERE panel_id = $1 AND withdrawn_at IS NULL`, p.ID)
	if err != nil || p.Stage() != Marking { // before it nobody has a work, after it nobody asks
		return g, err
	}
	g.Short, err = db.One(ctx, tx, db.Value[int], `SELECT coalesce(sum(CASE WHEN n < $2 THEN $2 - n ELSE 0 END), 0) FROM (SELECT w.id, count(a.id) AS n
		FROM panel_works w LEFT JOIN panel_assignments a ON a.work_id = w.id AND a.left_at IS NULL
		WHERE w.panel_id = $1 AND w.withdrawn_at IS NULL GROUP BY w.id) AS each_work`, p.ID, p.PerWork)
	return g, err
}

// mostOverdue is how many overdue works a page offers to give to others.
const mostOverdue = 200

// overdueIn are the assignments of a panel whose marks are late, by expert.
func overdueIn(ctx context.Context, tx *db.Tx, panel ref.ID, today db.Date) (map[ref.ID][]Assignment, error) {
	list, err := db.All(ctx, tx, scanAssignment, `SELECT `+assignmentColumns+` FROM panel_assignments
		WHERE panel_id = $1 AND left_at IS NULL AND submitted_at IS NULL AND due < $2 ORDER BY due, id LIMIT $3`, panel, today, mostOverdue)
	byExpert := map[ref.ID][]Assignment{}
	for _, a := range list {
		byExpert[a.ExpertID] = append(byExpert[a.ExpertID], a)
	}
	return byExpert, err
}

// ownIn are the organizations that a panel judges, as far as the actor may work for
// one of them.
func ownIn(ctx context.Context, tx *db.Tx, by access.Actor, panel ref.ID) ([]ref.ID, error) {
	if len(by.Scopes(access.Lead))+len(by.Scopes(access.Staff)) == 0 {
		return nil, nil
	}
	lists, err := db.All(ctx, tx, func(r db.Row) (ids []ref.ID, err error) {
		err = r.Scan(db.AsJSON(&ids))
		return ids, err
	}, `SELECT orgs FROM panel_works WHERE panel_id = $1`, panel)
	return slices.Concat(lists...), err
}
