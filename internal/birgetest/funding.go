package birgetest

import (
	"context"
	"strings"

	"birge/internal/app"
	"birge/internal/funding"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/ref"
	"birge/internal/projects"
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

// tellAgreement lays the agreement of the lead's application before both sides, as
// a decision does; the funder's side has signed it.
func tellAgreement(ctx context.Context, p *app.Portal) error {
	org, err := one(ctx, p, leadsOrg)
	if err != nil {
		return err
	}
	application, err := one(ctx, p, `SELECT id FROM applications WHERE org_id = $1 ORDER BY id LIMIT 1`, org)
	if err != nil {
		return err
	}
	officer, err := actor(ctx, p, Officer, access.Grant{Role: access.Officer, Scope: p.Places.Tree().Samples()[0].ID})
	if err != nil {
		return err
	}
	lead, err := actor(ctx, p, Lead, access.Grant{Role: access.Lead, Scope: org})
	if err != nil {
		return err
	}
	id, err := draftedAgreement(ctx, p, officer, application)
	if err != nil {
		return err
	}
	for _, side := range []access.Actor{officer, lead} {
		if _, err := p.Funding.AgreeTo(ctx, side, id, 1); err != nil {
			return err
		}
	}
	copied, err := p.Funding.CheckCopy(ctx, officer, id, "copy.txt", strings.NewReader(HiddenFile))
	if err != nil {
		return err
	}
	_, err = p.Funding.SignByCopy(ctx, officer, id, copied)
	return err
}

// draftedAgreement puts the first text of an agreement into the store, word for word
// the application, without the decision that comes before.
func draftedAgreement(ctx context.Context, p *app.Portal, officer access.Actor, application ref.ID) (id ref.ID, err error) {
	return id, p.DB.Update(ctx, func(tx *db.Tx) error {
		x, err := p.Funding.ApplicationIn(ctx, tx, application)
		if err != nil {
			return err
		}
		c, err := p.Funding.CallIn(ctx, tx, x.CallID)
		if err != nil {
			return err
		}
		plan, sum := x.Proposal.Plan(c.Kind, "KZT"), x.Proposal.Asked
		plan.Years = []projects.YearPlan{{Year: plan.Starts.Year(), Sum: sum}}
		plan.Tranches = []projects.Tranche{{Sum: sum / 2, Due: plan.Starts}, {Sum: sum - sum/2, After: 1}}
		a := funding.Agreement{ID: tx.NewID(), Number: "2026-000001", ApplicationID: x.ID, CallID: c.ID, OrgID: x.OrgID, FunderID: c.FunderID, Granted: sum, Revision: 1,
			Text:    funding.AgreementText{Plan: plan, Activities: x.Proposal.Activities, Rhythm: projects.Quarterly, Days: 10, Sanctions: i18n.Text{KK: "Жұмсалмаған қаржы қайтарылады.", RU: "Неизрасходованные деньги возвращаются.", EN: "Unspent money is returned."}},
			NormsOn: c.NormsOn, Sample: true, CreatedAt: db.At(tx.Now()), Version: 1}
		v := funding.AgreementVersion{ID: tx.NewID(), AgreementID: a.ID, No: 1, Side: funding.FunderSide, Text: a.Text, On: p.Funding.Today()}
		id = a.ID
		if _, err := tx.Exec(ctx, `INSERT INTO agreements (id, number, application_id, call_id, org_id, funder_id, granted, terms, revision, by_funder, by_org, void_reason, norms_on, sample, created_at, version)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, 0, 0, $9, $10, TRUE, $11, 1)`,
			a.ID, a.Number, a.ApplicationID, a.CallID, a.OrgID, a.FunderID, a.Granted, db.AsJSON(&a.Text), i18n.Text{}, a.NormsOn, a.CreatedAt); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO agreement_versions (id, agreement_id, no, side, terms, reason, on_day) VALUES ($1, $2, 1, $3, $4, $5, $6)`,
			v.ID, v.AgreementID, string(v.Side), db.AsJSON(&v.Text), i18n.Text{}, v.On); err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, officer, "funding.agreement.draft", nil, a); err != nil {
			return err
		}
		return journal.Record(ctx, tx, officer, "funding.agreement.version", nil, v)
	})
}
