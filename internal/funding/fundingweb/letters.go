package fundingweb

import (
	"context"
	"strconv"
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
		state := string(a.State)
		if l.Unchecked {
			state = "unchecked"
		}
		what := say.T("funding.letter."+state, "number", a.Number)
		if err := p.Send(ctx, tx, person.Email, person.Lang, what, say.T("funding.letter.text", "org", names[a.OrgID].Title, "call", l.Call.Title,
			"what", what, "why", strings.Join(append(reasons(say, a), decided(say, l)...), "\n"), "link", p.Base+"/"+string(person.Lang)+a.Ref().Path)); err != nil {
			return err
		}
	}
	return nil
}

// TellAll writes a message of the one who pays to those who speak for an applicant.
func (p Post) TellAll(ctx context.Context, tx *db.Tx, l funding.MessageLetter) error {
	people, err := accounts.Holders(ctx, tx, access.Lead, l.OrgID)
	if err != nil {
		return err
	}
	names, err := orgs.Refs(ctx, tx, []ref.ID{l.OrgID, l.Call.FunderID})
	if err != nil {
		return err
	}
	for _, person := range people {
		if person.Email == "" {
			continue
		}
		subject, text := p.message(p.Words().Printer(person.Lang), l, names)
		if err := p.Send(ctx, tx, person.Email, person.Lang, subject, text); err != nil {
			return err
		}
	}
	return nil
}

// message is a message as one person reads it, with the applications that it is about.
func (p Post) message(say *i18n.Printer, l funding.MessageLetter, names map[ref.ID]ref.Ref) (subject, text string) {
	var about []string
	for _, a := range l.Applications {
		about = append(about, say.T("funding.application_no", "number", a.Number)+": "+p.Base+"/"+string(say.Lang)+a.Ref().Path)
	}
	return say.Text(l.Message.Title), say.T("funding.message.letter", "org", names[l.OrgID].Title, "funder", names[l.Call.FunderID].Title,
		"call", l.Call.Title, "text", say.Text(l.Message.Text), "about", strings.Join(about, "\n"))
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

// decided is what a decision says of an application, and why by criterion.
func decided(say *i18n.Printer, l funding.ApplicationLetter) (out []string) {
	if l.Ruling.ID == 0 {
		return nil
	}
	if l.Ruling.Granted > 0 {
		out = append(out, say.T("funding.letter.granted", "sum", say.Money(l.Ruling.Granted, "KZT")))
	}
	if l.Ruling.Marks > 0 {
		out = append(out, say.T("funding.letter.points", "points", say.Decimal(float64(l.Ruling.Points)/100, 1), "place", l.Ruling.Place))
	}
	if !l.Ruling.Reason.IsZero() {
		out = append(out, say.Text(l.Ruling.Reason))
	}
	for _, c := range l.Said {
		out = append(out, "", say.Text(c.Name)+": "+say.T("funding.outcome.mean", "points", say.Decimal(c.Mean, 1), "max", c.Max))
		for _, x := range c.Said {
			out = append(out, "– "+say.T("funding.order.expert_no", "no", x.No)+", "+strconv.Itoa(x.Points)+": "+x.Comment)
		}
	}
	if l.Application.State != funding.Funded && !l.AppealUntil.IsZero() {
		out = append(out, "", say.T("funding.letter.appeal", "day", l.AppealUntil))
	}
	return out
}
