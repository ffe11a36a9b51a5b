package birgetest

import (
	"context"
	"errors"
	"strings"

	"birge/internal/app"
	"birge/internal/funding"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
)

// HiddenDraft is in the draft of an application and in the paper of it, which only
// the people of the applicant may read.
const HiddenDraft = "Жасырын-өтінім"

// tellDraft has the lead go on with the draft of the application for the open call.
func tellDraft(ctx context.Context, p *app.Portal) error {
	org, err := one(ctx, p, leadsOrg)
	if err != nil {
		return err
	}
	draft, err := one(ctx, p, `SELECT id FROM application_drafts WHERE state = 'writing' AND org_id = $1`, org)
	if err != nil {
		return err
	}
	lead, err := actor(ctx, p, Lead, access.Grant{Role: access.Lead, Scope: org})
	if err != nil {
		return err
	}
	if _, err := p.Funding.Write(ctx, lead, draft, []funding.Edit{{Name: "method", Values: []string{HiddenDraft}}}); err != nil {
		return err
	}
	paper, err := p.Funding.CheckDraftPaper(ctx, lead, draft, 1, "letter.txt", strings.NewReader(HiddenDraft))
	if err != nil {
		return err
	}
	return p.Funding.AddDraftPaper(ctx, lead, draft, 1, paper)
}

// tellAppeal has the lead lay a paper beside the appeal of the sample's
// organization, which the officer gives to other experts: the judge is one of
// them. A decision about the reserve of the decided call is begun.
func tellAppeal(ctx context.Context, p *app.Portal) error {
	org, err := one(ctx, p, leadsOrg)
	if err != nil {
		return err
	}
	appeal, err := one(ctx, p, `SELECT id FROM decision_appeals WHERE outcome = '' AND org_id = $1`, org)
	if err != nil {
		return err
	}
	lead, err := actor(ctx, p, Lead, access.Grant{Role: access.Lead, Scope: org})
	if err != nil {
		return err
	}
	officer, err := actor(ctx, p, Officer, access.Grant{Role: access.Officer, Scope: p.Places.Tree().Samples()[0].ID})
	if err != nil {
		return err
	}
	paper, err := p.Funding.CheckAppealFile(ctx, lead, appeal, "letter.txt", strings.NewReader(HiddenFile))
	if err != nil {
		return err
	}
	if err := p.Funding.AttachToAppeal(ctx, lead, appeal, paper); err != nil {
		return err
	}
	if err := restBut(ctx, p, 3); err != nil {
		return err
	}
	a, err := p.Funding.HearByPanel(ctx, officer, appeal, 0, db.Date{})
	if err != nil {
		return err
	}
	call, err := one(ctx, p, theDecidedCall)
	if err != nil {
		return err
	}
	_, err = p.Funding.BeginDecision(ctx, officer, call, 1, funding.FromReserve)
	return errors.Join(err,
		p.Panels.Freeze(ctx, officer, a.PanelID),
		p.Panels.AnnounceDice(ctx, officer, a.PanelID, i18n.Text{KK: "Лотерея", RU: "Лотерея", EN: "Lottery"}, "https://lottery.example/today"),
		p.Panels.DiceFell(ctx, officer, a.PanelID, 0, "5 17 33"))
}

// restBut pauses all experts of the pool but so many, of whom the judge is one.
func restBut(ctx context.Context, p *app.Portal, many int) error {
	pool, _, err := p.Panels.Pool(ctx, byTest)
	if err != nil {
		return err
	}
	judge, err := one(ctx, p, `SELECT id FROM persons WHERE email = $1`, Judge)
	if err != nil {
		return err
	}
	for _, m := range pool {
		if m.PersonID == judge {
			continue
		}
		if many--; many > 0 {
			continue
		}
		if err := p.Panels.Pause(ctx, byTest, m.ID, true); err != nil {
			return err
		}
	}
	return nil
}
