package sample

import (
	"context"
	"time"

	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
)

// planReturns lets the register ask for the yearly return each January, and most
// NGOs file it by the end of March, some late, some never.
func (t *teller) planReturns() {
	for year := t.today.Year() - 2; year <= t.today.Year(); year++ {
		t.plan(db.Day(year, time.January, 2), func(ctx context.Context) error {
			if _, err := t.Orgs.OweReturns(ctx); err != nil {
				return err
			}
			for i, o := range t.ngos {
				t.planReturn(i, o, year-1)
			}
			return nil
		})
	}
}

func (t *teller) planReturn(i int, o orgs.Organization, year int) {
	on := db.Day(year+1, time.January, 10).AddDays(t.between(0, 79))
	switch luck := t.between(1, 100); {
	case luck > 94 && i > 0:
		return
	case luck > 82 && i > 0:
		on = on.AddDays(90)
	}
	t.plan(on, func(ctx context.Context) error {
		lead := t.by
		lead.Grants = []access.Grant{{Role: access.Lead, Scope: o.ID}}
		y, _, err := t.Orgs.ReturnOf(ctx, lead, o.ID, year)
		if err == nil {
			_, err = t.Orgs.SubmitReturn(ctx, lead, o.ID, year, y.Version, t.returnData())
		}
		return err
	})
}

// returnData is a year in figures that fit together: no more was spent than came in.
func (t *teller) returnData() orgs.ReturnData {
	thousand := func(from, to int) int64 { return int64(t.between(from, to)) * 1000 * tiyn }
	d := orgs.ReturnData{
		Activity: i18n.Text{KK: "Тұрғындарға арналған жобалар мен кездесулер.", RU: "Проекты и встречи для жителей.", EN: "Projects and meetings for residents."},
		Projects: int64(t.between(1, 5)), PeopleHelped: int64(t.between(40, 1800)), Volunteers: int64(t.between(5, 120)),
		Staff: int64(t.between(5, 14)), Members: int64(t.between(10, 90)),
		IncomeGrants: thousand(0, 9000), IncomeBusiness: thousand(0, 3000), IncomeDonations: thousand(50, 1500), IncomeOwn: thousand(0, 2500),
	}
	if t.often(20) {
		d.IncomeState = thousand(2000, 16000)
	}
	income := d.IncomeState + d.IncomeGrants + d.IncomeBusiness + d.IncomeDonations + d.IncomeOwn
	d.SpentProjects, d.SpentPay, d.SpentOffice = income*6/10, income*3/10, income/20
	return d
}
