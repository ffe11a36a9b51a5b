package noticesweb

import (
	"context"
	"io/fs"
	"strings"
	"testing"
	"time"

	"birge/internal/homeweb"
	"birge/internal/notices"
	"birge/internal/obligations"
	"birge/internal/obligations/obligationsweb"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/mail"
	"birge/internal/platform/ref"
	"birge/internal/platform/ui"
)

func written(t *testing.T, base string, l notices.Letter) (out mail.Letter) {
	t.Helper()
	words := i18n.NewWords()
	for _, v := range []fs.FS{Locales, ui.Locales, homeweb.Locales, obligationsweb.Locales} {
		if err := words.Add(v); err != nil {
			t.Fatal(err)
		}
	}
	write := Letters(words, base, time.UTC, func(_ context.Context, _ *db.Tx, l mail.Letter) error { out = l; return nil })
	if err := write(t.Context(), nil, l); err != nil {
		t.Fatal(err)
	}
	if s := out.Subject + out.Text; strings.Contains(s, "⟦") || strings.Contains(s, "{") {
		t.Errorf("%s in %s says %s", l.Kind, l.Lang, s)
	}
	return out
}

func page1(id ref.ID) ref.Ref {
	return ref.Ref{Kind: "project", ID: id, Title: i18n.Text{KK: "Жоба", RU: "Проект", EN: "Project"}, Path: "/projects/" + id.String()}
}

func TestLettersInThreeLanguages(t *testing.T) {
	at := db.At(time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC))
	region := ref.Ref{Kind: "place", ID: 9, Title: i18n.Text{KK: "Облыс", RU: "Область", EN: "Region"}, Path: "/places/9"}
	d := notices.Digest{
		Day: db.Day(2026, 11, 23), More: 12, Personal: true, Head: journal.Head{Day: db.Day(2026, 11, 22), Seq: 7, KeyID: "k", Signature: []byte("s"), Hash: []byte("h")},
		Changes: []notices.Change{
			{Page: page1(2), At: at, Why: []ref.Ref{region}, Deeds: []notices.Deed{{Act: "projects.report.submit", At: at, Times: 1}, {Act: "obligations.owe", At: at, Times: 3}}},
			{Page: page1(3), At: at, Why: []ref.Ref{page1(3), region}, Deeds: []notices.Deed{{Act: "no.such.act", At: at, Times: 1}}},
		},
	}
	for _, lang := range i18n.Langs {
		for _, kind := range []string{"project", "organization", "place", notices.KindOwed, notices.KindList} {
			l := written(t, "https://birge.example", notices.Letter{Kind: "confirm", To: "a@b.kz", Lang: lang, Token: "secret", Until: at,
				Subject: notices.Subject{Ref: ref.Ref{Kind: kind, Title: region.Title}}})
			if !strings.Contains(l.Text, "https://birge.example/"+string(lang)+"/follow/confirm/secret") || l.Unsubscribe != "" {
				t.Errorf("%s: %+v", lang, l)
			}
		}
		l := written(t, "https://birge.example", notices.Letter{Kind: "digest", To: "a@b.kz", Lang: lang, Token: "secret", Until: at, Digest: d})
		stop := "https://birge.example/" + string(lang) + "/unsubscribe/secret"
		for _, want := range []string{stop, d.Head.String(), "/desk/notices", page1(2).Path, "×3", "14", region.Title.Get(lang)} {
			if !strings.Contains(l.Subject+l.Text, want) {
				t.Errorf("%s: the digest lacks %q:\n%s\n%s", lang, want, l.Subject, l.Text)
			}
		}
		if strings.Count(l.Text, region.Title.Get(lang)) != 1 {
			t.Errorf("%s: a page that is followed itself needs no reason:\n%s", lang, l.Text)
		}
		if l.Unsubscribe != stop {
			t.Errorf("%s: one click stops at %q", lang, l.Unsubscribe)
		}
		for _, days := range []int{30, 1, 0, -1} {
			o := obligations.Obligation{ID: 5, What: i18n.Only(i18n.RU, "Отчёт"), Owner: region, Ground: obligations.Law, Due: db.Day(2026, 12, 1)}
			if l := written(t, "http://127.0.0.1", notices.Letter{Kind: "reminder", To: "a@b.kz", Lang: lang, Reminder: o, DaysLeft: days}); !strings.Contains(l.Text, o.Ref().Path) {
				t.Errorf("%s: %s", lang, l.Text)
			}
		}
	}
	if l := written(t, "http://127.0.0.1", notices.Letter{Kind: "digest", To: "a@b.kz", Lang: i18n.KK, Token: "secret", Digest: d}); l.Unsubscribe != "" {
		t.Error("mail programs act only by https")
	}
}
