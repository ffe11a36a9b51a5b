package forumsweb

import (
	"context"
	"strings"
	"time"

	"birge/internal/forums"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ui"
)

// Post writes the letters of this room.
type Post struct {
	Words func() *i18n.Words
	Base  func() string // where links lead
	Zone  *time.Location
	Send  func(ctx context.Context, tx *db.Tx, to string, lang i18n.Lang, subject, text string) error
}

// Tell tells one of the people of a programme what changed for them, in Kazakh and
// in Russian: nobody knows which they read.
func (p Post) Tell(ctx context.Context, tx *db.Tx, l forums.Letter) error {
	kk, ru := p.Words().Printer(i18n.KK), p.Words().Printer(i18n.RU)
	return p.Send(ctx, tx, l.Person.Email, i18n.KK, kk.T("forums.letter.subject", "forum", kk.Text(l.Forum.Title)), p.changes(kk, l)+"\n\n—\n\n"+p.changes(ru, l))
}

// changes is a letter in one language.
func (p Post) changes(say *i18n.Printer, l forums.Letter) string {
	page := ui.Page{Printer: say}
	lines := []string{say.T("forums.letter.changed", "forum", say.Text(l.Forum.Title))}
	for _, c := range l.Changes {
		line := "– " + say.Text(c.Title) + ": " + ways(page, c.Change)
		if c.Now.SessionID != 0 {
			line += ". " + joined(hours(page, c.Now.Starts, c.Now.Ends, p.Zone), say.Text(c.Now.Room))
		}
		lines = append(lines, line)
	}
	return strings.Join(append(lines, p.Base()+"/"+string(say.Lang)+l.Forum.Ref().Path+"/programme"), "\n")
}

// Invite gives somebody the links into the rooms of his sessions: in the language of
// the registration, or in Kazakh and in Russian.
func (p Post) Invite(ctx context.Context, tx *db.Tx, l forums.RoomLetter) error {
	langs := []i18n.Lang{l.Lang}
	if l.Lang == "" {
		langs = []i18n.Lang{i18n.KK, i18n.RU}
	}
	var parts []string
	for _, lang := range langs {
		parts = append(parts, p.links(p.Words().Printer(lang), l))
	}
	say := p.Words().Printer(langs[0])
	return p.Send(ctx, tx, l.To, langs[0], say.T("forums.links.subject", "forum", say.Text(l.Forum.Title)), strings.Join(parts, "\n\n—\n\n"))
}

// links is such a letter in one language.
func (p Post) links(say *i18n.Printer, l forums.RoomLetter) string {
	page := ui.Page{Printer: say}
	lines := []string{say.T("forums.links.text", "forum", say.Text(l.Forum.Title))}
	for _, x := range l.Parts {
		lines = append(lines, "– "+joined(say.Text(x.Title), hours(page, x.Starts, x.Ends, p.Zone))+"\n  "+x.Link)
	}
	return strings.Join(append(lines, p.Base()+"/"+string(say.Lang)+l.Forum.Ref().Path+"/programme"), "\n")
}

// Hand tells somebody how the registration stands, in the language of the form.
func (p Post) Hand(ctx context.Context, tx *db.Tx, x forums.Pass) error {
	lang := x.Registration.Lang
	say := p.Words().Printer(lang)
	forum := say.Text(x.Forum.Title)
	text := say.T("forums.pass.text", "forum", forum, "state", say.T(x.Registration.State.Key()), "code", x.Registration.Code)
	if x.Token != "" {
		text += "\n" + say.T("forums.pass.link", "link", p.Base()+"/"+string(lang)+"/registrations/"+x.Token)
	}
	return p.Send(ctx, tx, x.Registration.Email, lang, say.T("forums.pass.subject", "forum", forum), text)
}
