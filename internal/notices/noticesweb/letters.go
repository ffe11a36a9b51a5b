package noticesweb

import (
	"context"
	"strings"
	"time"

	"birge/internal/notices"
	"birge/internal/obligations"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/mail"
	"birge/internal/platform/ref"
)

// Send puts a letter into the mail, in the caller's transaction.
type Send func(ctx context.Context, tx *db.Tx, l mail.Letter) error

// writer writes the letters of this room in one language.
type writer struct {
	*i18n.Printer
	base string
	zone *time.Location
}

// Letters writes the letters of notices in the reader's language. base is the
// portal's public origin, zone the one in which it shows time.
func Letters(words *i18n.Words, base string, zone *time.Location, send Send) func(context.Context, *db.Tx, notices.Letter) error {
	return func(ctx context.Context, tx *db.Tx, l notices.Letter) error {
		p := writer{words.Printer(l.Lang), base, zone}
		out := mail.Letter{To: l.To, Lang: l.Lang}
		switch l.Kind {
		case "confirm":
			out.Subject, out.Text = p.confirm(l)
		case "digest":
			out.Subject, out.Text = p.digest(l)
			if strings.HasPrefix(base, "https://") {
				out.Unsubscribe = p.link("/unsubscribe/" + l.Token)
			}
		case "reminder":
			out.Subject, out.Text = p.reminder(l.Reminder, l.DaysLeft)
		}
		return send(ctx, tx, out)
	}
}

func (p writer) link(path string) string { return p.base + "/" + string(p.Lang) + path }

func (p writer) confirm(l notices.Letter) (subject, text string) {
	return p.T("notices.letter.confirm.subject"), p.T("notices.letter.confirm.text", "what", subjectLine(p.Printer, l.Subject.Ref),
		"link", p.link("/follow/confirm/"+l.Token), "until", p.DateTime(l.Until.In(p.zone)))
}

// digest tells page by page what changed, then the signed head of the journal,
// then how to stop.
func (p writer) digest(l notices.Letter) (subject, text string) {
	d := l.Digest
	all := int64(len(d.Changes) + max(0, d.More))
	parts := []string{p.N("notices.letter.digest.lead", all)}
	for _, c := range d.Changes {
		parts = append(parts, p.change(c))
	}
	if d.More > 0 {
		parts = append(parts, p.N("notices.letter.digest.more", int64(d.More)))
	}
	if d.Head.Seq > 0 {
		parts = append(parts, p.T("notices.letter.digest.head", "date", p.Date(d.Head.Day), "head", d.Head.String(), "link", p.link("/journal/heads")))
	}
	end := p.T("notices.letter.digest.stop", "link", p.link("/unsubscribe/"+l.Token))
	if d.Personal {
		end = p.T("notices.letter.digest.manage", "link", p.link("/desk/notices")) + "\n" + end
	}
	return p.N("notices.letter.digest.subject", all, "date", p.Date(d.Day)), strings.Join(append(parts, end), "\n\n")
}

// change is one page of a digest: its title, its address, what was done, why the
// reader is told.
func (p writer) change(c notices.Change) string {
	lines := []string{p.Text(c.Page.Title), p.link(c.Page.Path)}
	for _, d := range c.Deeds {
		lines = append(lines, "– "+deed(p.Printer, d)+", "+p.ShortDate(d.At.In(p.zone)))
	}
	if why := p.why(c); why != "" {
		lines = append(lines, why)
	}
	return strings.Join(lines, "\n")
}

// why names what the reader follows, when it is not the page itself.
func (p writer) why(c notices.Change) string {
	var names []string
	for _, w := range c.Why {
		if w.Kind == c.Page.Kind && w.ID == c.Page.ID {
			return ""
		}
		names = append(names, subjectLine(p.Printer, ref.Ref{Kind: w.Kind, Title: w.Title}))
	}
	return p.T("notices.letter.digest.why", "what", strings.Join(names, "; "))
}

func (p writer) reminder(o obligations.Obligation, daysLeft int) (subject, text string) {
	what := o.Told(p.Printer)
	subject = term(p.Printer, daysLeft, &notices.Owed{Due: o.Due}) + ": " + what
	key := "notices.letter.reminder.text"
	if daysLeft < 0 {
		key = "notices.letter.overdue.text"
	}
	return subject, p.T(key, "what", what, "owner", p.Text(o.Owner.Title), "due", p.Date(o.Due),
		"ground", p.T("obligations.ground."+string(o.Ground)), "link", p.link(o.Ref().Path))
}
