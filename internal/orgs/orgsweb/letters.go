package orgsweb

import (
	"context"

	"birge/internal/accounts"
	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

// Post writes the letters of the register.
type Post struct {
	// Words gives the portal's words when a letter is written.
	Words func() *i18n.Words
	// Base is the portal's public origin.
	Base string
	// Send puts a letter into the mail, in the caller's transaction.
	Send func(ctx context.Context, tx *db.Tx, to string, lang i18n.Lang, subject, text string) error
}

// Code mails the code of a claim to the register's address, in Kazakh and in
// Russian, since nobody knows who reads there.
func (p Post) Code(ctx context.Context, tx *db.Tx, c orgs.Claim, org orgs.Organization, code string) error {
	text := ""
	for _, l := range []i18n.Lang{i18n.KK, i18n.RU} {
		say := p.Words().Printer(l)
		if text != "" {
			text += "\n\n"
		}
		text += say.T("orgs.code_letter.text", "org", say.Text(org.Name), "code", code, "link", p.link(l, c))
	}
	say := p.Words().Printer(i18n.KK)
	return p.Send(ctx, tx, org.Mail, i18n.KK, say.T("orgs.code_letter.subject", "org", say.Text(org.Name)), text)
}

// TellLeads tells those who speak for an organization of a claim that was proved.
func (p Post) TellLeads(ctx context.Context, tx *db.Tx, c orgs.Claim, org orgs.Organization, _ []ref.ID) error {
	people, err := accounts.Holders(ctx, tx, access.Lead, org.ID)
	for _, person := range people {
		if err != nil || person.Email == "" {
			continue
		}
		say := p.Words().Printer(person.Lang)
		name := say.Text(org.Name)
		err = p.Send(ctx, tx, person.Email, person.Lang, say.T("orgs.lead_letter.subject", "org", name),
			say.T("orgs.lead_letter.text", "org", name, "date", c.Until, "link", p.link(person.Lang, c)))
	}
	return err
}

// Answer mails the answer to whoever asked for a correction, to the address that
// was given or to that of the account.
func (p Post) Answer(ctx context.Context, tx *db.Tx, c orgs.Correction, page ref.Ref) error {
	to, lang := c.SenderMail, i18n.RU
	if to == "" && c.SenderID != 0 {
		person, err := accounts.PersonIn(ctx, tx, c.SenderID)
		if err != nil {
			return err
		}
		to, lang = person.Email, person.Lang
	}
	if to == "" {
		return nil
	}
	say := p.Words().Printer(lang)
	name := say.Text(page.Title)
	return p.Send(ctx, tx, to, lang, say.T("orgs.answer_letter.subject", "org", name),
		say.T("orgs.answer_letter.text", "org", name, "subject", say.T("orgs.subject."+c.Subject), "decision", say.T("orgs.decision."+string(c.Decision)),
			"answer", say.Text(c.Answer), "link", p.Base+"/"+string(lang)+page.Path))
}

func (p Post) link(l i18n.Lang, c orgs.Claim) string { return p.Base + "/" + string(l) + c.Ref().Path }
