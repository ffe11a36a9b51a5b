package resolutionsweb

import (
	"context"
	"strconv"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/resolutions"
)

// Post writes the letters of this room.
type Post struct {
	Words func() *i18n.Words
	Base  string // where links lead
	Send  func(ctx context.Context, tx *db.Tx, to string, lang i18n.Lang, subject, text string) error
}

// Tell writes to a body in Kazakh and in Russian, since nobody knows who reads there.
func (p Post) Tell(ctx context.Context, tx *db.Tx, l resolutions.Letter) error {
	text := ""
	for _, lang := range []i18n.Lang{i18n.KK, i18n.RU} {
		if text != "" {
			text += "\n\n———\n\n"
		}
		text += p.text(lang, l)
	}
	say := p.Words().Printer(i18n.KK)
	return p.Send(ctx, tx, l.To.Mail, i18n.KK, say.T("resolutions.letter."+string(l.News), "document", say.Text(l.Document.Title), "no", strconv.Itoa(l.Item.No)), text)
}

func (p Post) text(lang i18n.Lang, l resolutions.Letter) string {
	say := p.Words().Printer(lang)
	args := []any{"org", say.Text(l.To.Name), "document", say.Text(l.Document.Title), "no", strconv.Itoa(l.Item.No), "item", say.Text(l.Item.Text), "page", p.Base + "/" + string(lang) + l.Item.Ref().Path}
	if l.News == resolutions.NewsAsked {
		args = append(args, "link", p.Base+"/"+string(lang)+"/answers/"+l.Token, "until", say.Date(l.Until))
	}
	return say.T("resolutions.letter_text."+string(l.News), args...)
}

// Write writes to somebody who has no account, in the language of the form.
func (p Post) Write(ctx context.Context, tx *db.Tx, l resolutions.GuestLetter) error {
	say := p.Words().Printer(l.Lang)
	at := p.Base + "/" + string(l.Lang)
	args := []any{"text", say.Text(l.Text), "document", say.Text(l.Document.Title), "page", at + l.Path}
	text := ""
	switch l.News {
	case resolutions.NewsConfirm:
		text = say.T("resolutions.guest_text.confirm", append(args, "link", at+"/voices/"+l.Token, "until", say.Date(l.Until))...)
	case resolutions.NewsJudge:
		text = say.T("resolutions.guest_text.judge", append(args, "proof", say.Text(l.Proof), "link", at+"/voices/judge/"+l.Token, "until", say.Date(l.Until))...)
	default:
		text = say.T("resolutions.guest_text."+string(l.News), args...)
		if l.Token != "" {
			text += "\n\n" + say.T("resolutions.guest_text.mine", "link", at+"/voices/mine/"+l.Token)
		}
	}
	return p.Send(ctx, tx, l.Email, l.Lang, say.T("resolutions.guest_letter."+string(l.News)), text)
}
