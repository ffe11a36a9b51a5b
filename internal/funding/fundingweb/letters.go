package fundingweb

import (
	"context"
	"strings"

	"birge/internal/accounts"
	"birge/internal/funding"
	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

// Post writes the letters of this room.
type Post struct {
	Words func() *i18n.Words
	Base  string // where links lead
	Send  func(ctx context.Context, tx *db.Tx, to string, lang i18n.Lang, subject, text string) error
}

// Tell tells those who speak for an applicant how the application stands.
func (p Post) Tell(ctx context.Context, tx *db.Tx, l funding.ApplicationLetter) error {
	a := l.Application
	people, err := accounts.Holders(ctx, tx, access.Lead, a.OrgID)
	if err != nil {
		return err
	}
	names, err := orgs.Refs(ctx, tx, []ref.ID{a.OrgID})
	if err != nil {
		return err
	}
	for _, person := range people {
		if person.Email == "" {
			continue
		}
		say := p.Words().Printer(person.Lang)
		what := say.T("funding.letter."+string(a.State), "number", a.Number)
		if err := p.Send(ctx, tx, person.Email, person.Lang, what, say.T("funding.letter.text", "org", names[a.OrgID].Title, "call", l.Call.Title,
			"what", what, "why", strings.Join(reasons(say, a), "\n"), "link", p.Base+"/"+string(person.Lang)+a.Ref().Path)); err != nil {
			return err
		}
	}
	return nil
}

// reasons are why an application was refused or returned, and until when it waits.
func reasons(say *i18n.Printer, a funding.Application) (out []string) {
	switch a.State {
	case funding.Refused:
		for _, c := range a.Check {
			if !c.OK {
				out = append(out, "– "+say.Text(c.Reason))
			}
		}
	case funding.Returned:
		for _, m := range a.Mend {
			out = append(out, "– "+fieldLabel(say, m.Field)+": "+say.Text(m.Note))
		}
		out = append(out, say.T("funding.letter.until", "day", a.FixDue))
	}
	return out
}
