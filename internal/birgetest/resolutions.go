package birgetest

import (
	"context"
	"regexp"

	"birge/internal/accounts"
	"birge/internal/app"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/resolutions"
)

// tellResolution asks the sample's own organization for two items of the resolution,
// one of which it accepts, mails it the link for the other, has a body do one that
// the organization proposed, and has people without an account speak, one of whom is
// asked to judge an item.
func tellResolution(ctx context.Context, p *app.Portal) error {
	id, err := one(ctx, p, `SELECT id FROM resolutions WHERE id = `+theResolution)
	if err != nil {
		return err
	}
	own, err := one(ctx, p, leadsOrg)
	if err != nil {
		return err
	}
	body, err := one(ctx, p, `SELECT owner_id FROM resolution_items WHERE owner_id IS NOT NULL ORDER BY id LIMIT 1`)
	if err != nil {
		return err
	}
	o, err := p.Orgs.ByID(ctx, own)
	if err != nil {
		return err
	}
	o.Draft.Mail = "office@ngo.sample.birge"
	if _, err := p.Orgs.Edit(ctx, byTest, own, o.Version, o.Draft); err != nil {
		return err
	}
	today := p.Resolutions.Today()
	ask := func(owner, proposer ref.ID) (resolutions.Item, error) {
		return p.Resolutions.AddItem(ctx, byTest, id, resolutions.NewItem{Text: i18n.Text{KK: "Жыл сайын ашық есік күнін өткізу", RU: "Каждый год проводить день открытых дверей"}, ProposerOrg: proposer,
			Ask: resolutions.Ask{OwnerID: owner, Due: today.AddDays(60), Measure: i18n.Only(i18n.RU, "День прошёл"), AnswerBy: today.AddDays(10)}})
	}
	if _, err := ask(own, 0); err != nil {
		return err
	}
	taken, err := ask(own, 0)
	if err != nil {
		return err
	}
	if err := p.Resolutions.Reply(ctx, byTest, taken.ID, 0, resolutions.Reply{Accept: true}); err != nil {
		return err
	}
	done, err := ask(body, own)
	if err != nil {
		return err
	}
	if err := p.Resolutions.Reply(ctx, byTest, done.ID, 0, resolutions.Reply{Accept: true}); err != nil {
		return err
	}
	if err := p.Resolutions.Finish(ctx, byTest, done.ID, 0, i18n.Only(i18n.RU, "День прошёл, пришли сто человек."), ""); err != nil {
		return err
	}
	if err := guestsSpeak(ctx, p); err != nil {
		return err
	}
	asked, err := ask(body, 0)
	if err != nil {
		return err
	}
	return doneForGuest(ctx, p, asked.ID)
}

// doneForGuest has an item done that a guest proposed, who is asked to judge it.
func doneForGuest(ctx context.Context, p *app.Portal, item ref.ID) error {
	if err := p.DB.Update(ctx, func(tx *db.Tx) error {
		return tx.ExecOne(ctx, `UPDATE resolution_items SET proposer_guest = (SELECT id FROM resolution_guests WHERE email = 'confirmed@guest.birge') WHERE id = $1`, item)
	}); err != nil {
		return err
	}
	if err := p.Resolutions.Reply(ctx, byTest, item, 0, resolutions.Reply{Accept: true}); err != nil {
		return err
	}
	return p.Resolutions.Finish(ctx, byTest, item, 0, i18n.Only(i18n.RU, "День прошёл, пришли двести человек."), "")
}

// guestsSpeak has two people propose without an account, one of whom confirms it.
func guestsSpeak(ctx context.Context, p *app.Portal) error {
	next, err := one(ctx, p, `SELECT `+theNext)
	if err != nil {
		return err
	}
	for _, email := range []string{"waiting@guest.birge", "confirmed@guest.birge"} {
		a := resolutions.GuestAct{New: resolutions.NewProposal{DocumentID: next, Text: i18n.Only(i18n.RU, "Посадить деревья вдоль школьной дороги")}}
		if _, err := p.Resolutions.Speak(ctx, accounts.Knock{Address: "192.0.2.2"}, resolutions.Guest{Email: email, Lang: i18n.RU, Consent: true}, a); err != nil {
			return err
		}
	}
	var text string
	if err := p.DB.View(ctx, func(tx *db.Tx) (err error) {
		text, err = db.One(ctx, tx, db.Value[string], `SELECT text FROM mail_outbox WHERE recipient = 'confirmed@guest.birge'`)
		return err
	}); err != nil {
		return err
	}
	link := regexp.MustCompile(`/voices/(\S+)`).FindStringSubmatch(text)
	_, _, err = p.Resolutions.ConfirmByMail(ctx, link[1])
	return err
}
