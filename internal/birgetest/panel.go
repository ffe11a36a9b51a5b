package birgetest

import (
	"context"
	"crypto/rand"
	"errors"

	"birge/internal/accounts"
	"birge/internal/app"
	"birge/internal/panels"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

// Judge is an expert of the sample's region who has works to mark; NextJudge sits
// beside.
const (
	Judge     = "judge@sample.birge"
	NextJudge = "nextjudge@sample.birge"
)

// tellPanels has two experts join the pool and two panels draw them: in the first
// the judge may read, in the second a declaration comes before.
func (s *told) tellPanels(ctx context.Context, p *app.Portal) error {
	region := p.Places.Tree().Samples()[0].Ref()
	var judges []access.Actor
	for _, email := range []string{Judge, NextJudge} {
		password := rand.Text()[:14]
		person, err := p.Accounts.Enrol(ctx, byTest, accounts.NewPerson{Name: "Төреші " + email, Email: email, Lang: i18n.RU, Password: password, Proved: true})
		if err != nil {
			return err
		}
		if _, err := p.Accounts.GiveRole(ctx, byTest, person.ID, access.Expert, region); err != nil {
			return err
		}
		judge := access.Actor{UserID: person.ID, Grants: []access.Grant{{Role: access.Expert, Scope: region.ID}}}
		if _, err := p.Panels.Present(ctx, judge, 0, panels.Profile{Spheres: []string{"youth"}, Langs: []i18n.Lang{i18n.KK, i18n.RU}}); err != nil {
			return err
		}
		judges, s.passwords[email] = append(judges, judge), password
	}
	for _, no := range []ref.ID{1, 2} {
		id, err := drawPanel(ctx, p, region, no)
		if err != nil {
			return err
		}
		if no == 1 {
			if err := p.Panels.DeclareIn(ctx, judges[0], id, nil, ""); err != nil {
				return err
			}
		}
	}
	return nil
}

// drawPanel opens a panel of one work and has the officer of the region and the
// lead of the sample's organization give the seed of its draw.
func drawPanel(ctx context.Context, p *app.Portal, region ref.Ref, no ref.ID) (id ref.ID, err error) {
	org, err := one(ctx, p, leadsOrg)
	if err != nil {
		return 0, err
	}
	funder, err := one(ctx, p, `SELECT funder_id FROM projects WHERE org_id = $1 AND funder_id IS NOT NULL ORDER BY id LIMIT 1`, org)
	if err != nil {
		return 0, err
	}
	officer, err := actor(ctx, p, Officer, access.Grant{Role: access.Officer, Scope: region.ID})
	if err != nil {
		return 0, err
	}
	lead, err := actor(ctx, p, Lead, access.Grant{Role: access.Lead, Scope: org})
	if err != nil {
		return 0, err
	}
	text := func(kk, ru, en string) i18n.Text { return i18n.Text{KK: kk, RU: ru, EN: en} }
	n := panels.NewPanel{Subject: ref.Ref{Kind: "call_round", ID: no, Title: text("Байқау", "Конкурс", "Call")}, Title: text("Байқау сарапшылары", "Эксперты конкурса", "Experts of a call"),
		FunderID: funder, PlaceID: region.ID, PerWork: 2, Spread: 30, Names: panels.NamesAfter, Due: p.Panels.Today().AddDays(20), Sample: true,
		Works: []panels.Work{{Ref: ref.Ref{Kind: "sample_work", ID: no, Title: text("Жастар алаңы", "Площадка для молодежи", "A place for the young")}, Spheres: []string{"youth"}, Orgs: []ref.ID{org}}},
		Criteria: []panels.Criterion{
			{Code: "need", Name: text("Өзектілігі", "Актуальность", "Need"), About: text("Мәселе нақты ма?", "Есть ли проблема?", "Is the problem real?"), Weight: 60, Max: 10,
				Scale: []panels.Step{{Score: 10, Text: text("дәлелденген", "доказана", "proven")}, {Score: 0, Text: text("көрсетілмеген", "не показана", "not shown")}}},
			{Code: "budget", Name: text("Бюджет", "Смета", "Budget"), Weight: 40, Max: 5},
		}}
	err = p.DB.Update(ctx, func(tx *db.Tx) error {
		opened, err := p.Panels.OpenIn(ctx, tx, officer, n)
		id = opened.ID
		return err
	})
	if err != nil {
		return 0, err
	}
	const one, two = "a part of the officer's", "a part of the council's"
	return id, errors.Join(
		p.Panels.Freeze(ctx, officer, id),
		p.Panels.InviteParty(ctx, officer, id, ref.Ref{Kind: "organization", ID: funder}),
		p.Panels.InviteParty(ctx, officer, id, ref.Ref{Kind: "organization", ID: org}),
		p.Panels.CommitPart(ctx, officer, id, funder, panels.CommitTo(one)),
		p.Panels.CommitPart(ctx, lead, id, org, panels.CommitTo(two)),
		p.Panels.OpenPart(ctx, officer, id, funder, one),
		p.Panels.OpenPart(ctx, lead, id, org, two))
}
