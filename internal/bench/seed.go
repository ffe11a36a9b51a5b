package main

import (
	"context"
	"fmt"
	"time"

	"birge/internal/app"
	"birge/internal/norms"
	"birge/internal/orgs"
	"birge/internal/places"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/projects"
	"birge/internal/sample"
)

const batch = 500

// things are words for titles: a common one in every fourth, a rare one in few.
var things = []string{"молодежь", "экология", "спорт", "библиотека", "театр", "ремесло", "здоровье", "семья"}

// seeded is what the measurement needs to know of a seeded portal.
type seeded struct {
	project ref.ID // one whose story is whole, with events, reports and debts, and of middle length
	region  string // code of a region with many projects
}

// seed fills a new portal with the published facts, the sample region, whose
// projects have whole stories, and then in bulk with organizations (one for ten
// projects) and projects, most of them agreed, in all states.
func seed(ctx context.Context, p *app.Portal, clock *sample.Clock, n int) (s seeded, err error) {
	if err := p.LoadFacts(ctx); err != nil {
		return s, err
	}
	if _, err := p.LoadSample(ctx, clock, false); err != nil {
		return s, err
	}
	if err := p.DB.View(ctx, func(tx *db.Tx) error {
		s.project, err = db.One(ctx, tx, db.Value[ref.ID], `SELECT project_id FROM project_reports GROUP BY project_id ORDER BY COUNT(*), project_id LIMIT 1 OFFSET (SELECT COUNT(DISTINCT project_id) / 2 FROM project_reports)`)
		return err
	}); err != nil {
		return s, err
	}
	by := access.Portal("bench")
	where := p.Places.Tree().Regions()
	for _, r := range p.Places.Tree().Regions() {
		where = append(where, p.Places.Tree().Children(r.ID)...)
	}
	s.region = where[0].KATO
	spheres := p.Norms.Book().Terms("sphere")
	bodies, err := seedOrgs(ctx, p, by, max(2, n/10), where, spheres)
	if err != nil {
		return s, err
	}
	for done := 0; done < n; done += batch {
		plans := make([]projects.NewProject, 0, batch)
		for i := done; i < min(n, done+batch); i++ {
			plans = append(plans, planOf(i, bodies, where, spheres))
		}
		if _, err := p.Projects.CreateMany(ctx, by, plans); err != nil {
			return s, err
		}
	}
	return s, p.Sealer.Seal(ctx)
}

func seedOrgs(ctx context.Context, p *app.Portal, by access.Actor, n int, where []places.Place, spheres []norms.Term) (ids []ref.ID, err error) {
	for len(ids) < n {
		var made []ref.ID
		err := p.DB.Update(ctx, func(tx *db.Tx) error {
			made = made[:0]
			for i := len(ids); i < min(n, len(ids)+batch); i++ {
				name := fmt.Sprintf("Общественный фонд «%s %d»", things[i%len(things)], i)
				o, err := p.Orgs.CreateIn(ctx, tx, by, orgs.Draft{Kind: orgs.NGO, Name: i18n.Text{RU: name, KK: fmt.Sprintf("«Бірлік %d» қоғамдық қоры", i)},
					PlaceID: where[i%len(where)].ID, Spheres: []string{spheres[i%len(spheres)].Code}}, "bench", false)
				if err != nil {
					return err
				}
				made = append(made, o.ID)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		ids = append(ids, made...)
	}
	return ids, nil
}

// planOf invents the i-th plan; the same i gives the same plan.
func planOf(i int, bodies []ref.ID, where []places.Place, spheres []norms.Term) projects.NewProject {
	title := fmt.Sprintf("Проект %d: %s и %s", i, things[i%len(things)], things[i/len(things)%len(things)])
	if i%1000 == 7 {
		title += ", беркутчи"
	}
	year := lastYear - i%5
	sum := int64(1+i%90) * 100_000_00
	n := projects.NewProject{OrgID: bodies[i%len(bodies)], FunderID: bodies[(i+1)%len(bodies)], Plan: projects.Plan{
		Title:   i18n.Text{RU: title, KK: fmt.Sprintf("%d-жоба: жастар мен отбасы", i)},
		Summary: i18n.Text{RU: "Занятия, встречи и выезды в села района; участие бесплатное, запись у организации."},
		Need:    i18n.Text{RU: "По опросу жителей таких занятий в районе нет."},
		PlaceID: where[i*7%len(where)].ID, Sphere: spheres[i%len(spheres)].Code, Beneficiaries: int64(20 + i%500),
		Starts: db.Day(year, 2, 1), Ends: db.Day(year, 11, 30), FundingKind: projects.FundingKinds[i/5%4], Sum: sum, Currency: "KZT",
		Years:    []projects.YearPlan{{Year: year, Sum: sum}},
		Tranches: []projects.Tranche{{Sum: sum / 2, Due: db.Day(year, 3, 1)}, {Sum: sum - sum/2, Due: db.Day(year, 9, 1)}},
		Lines:    []projects.Line{{Name: i18n.Text{RU: "Оплата труда"}, Sum: sum / 2}, {Name: i18n.Text{RU: "Аренда и материалы"}, Sum: sum - sum/2}},
		Indicators: []projects.Indicator{{Name: i18n.Text{RU: "Участники занятий"}, Unit: i18n.Text{RU: "чел."}, Measure: projects.Number, Adding: projects.PerPeriod,
			Baseline: projects.NumberOf(0), Target: projects.NumberOf(int64(20+i%500) * projects.Thousandth)}},
	}}
	if i%10 == 9 {
		return n // a plan still
	}
	// Of the past nothing is owed any more; this year's owe a report at the end,
	// and to one in twenty of them money is late.
	n.Agreement = projects.Agreement{Number: fmt.Sprintf("%d-%d", year, i), AgreedOn: db.Day(year, 1, 20)}
	if year == lastYear {
		n.Agreement.Rhythm, n.Agreement.Days = projects.FinalOnly, 10
	}
	for k := range n.Tranches {
		if t := &n.Tranches[k]; k == 0 || i%100 != 0 {
			t.PaidOn, t.PaidSum = t.Due, t.Sum
		}
	}
	return n
}

// lastYear is the last year in which seeded projects begin.
var lastYear = time.Now().Year()
