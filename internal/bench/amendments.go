package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"birge/internal/accounts"
	"birge/internal/app"
	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/resolutions"
)

// draft is a document of n articles under amendment.
type draft struct {
	*round // whose n counts articles
	keeper access.Actor
	id     ref.ID
	list   []resolutions.Article
}

// measureAmendments seeds a document of n articles, has each of them amended, and
// times what its readers and its drafting group do. It runs in this process, without
// kept pages.
func measureAmendments(ctx context.Context, n int) ([]RoundResult, error) {
	dir, err := os.MkdirTemp("", "birge-bench.")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	c := config(filepath.Join(dir, "data"))
	c.PagesMB, c.Log = 0, slog.New(slog.NewTextHandler(io.Discard, nil))
	d := &draft{round: &round{n: n}}
	if d.Portal, err = app.Open(ctx, c); err != nil {
		return nil, err
	}
	defer d.Close()
	if err := d.seed(ctx); err != nil {
		return nil, err
	}
	return d.out, d.measure(ctx)
}

// seed writes the text and lays it open.
func (d *draft) seed(ctx context.Context) error {
	if err := d.LoadFacts(ctx); err != nil {
		return err
	}
	by, place := access.Portal("bench"), d.Places.Tree().Regions()[0]
	officer := access.Actor{UserID: 1, Grants: []access.Grant{{Role: access.Officer, Scope: place.ID}}}
	body, err := d.Orgs.Create(ctx, officer, orgs.Draft{Kind: "state_body", Name: i18n.Text{RU: "Управление"}, PlaceID: place.ID})
	if err != nil {
		return err
	}
	head, err := d.Accounts.Enrol(ctx, by, accounts.NewPerson{Name: "Жетекші", Email: benchEmail, Lang: i18n.RU, Password: benchPassword, Proved: true})
	if err != nil {
		return err
	}
	if _, err := d.Accounts.GiveRole(ctx, by, head.ID, access.Lead, body.Ref()); err != nil {
		return err
	}
	d.keeper = access.Actor{UserID: head.ID, Grants: []access.Grant{{Role: access.Lead, Scope: body.ID}}}
	title := i18n.Text{KK: "Тұжырымдама жобасы", RU: "Проект концепции"}
	doc, err := d.Resolutions.Begin(ctx, d.keeper, resolutions.NewDocument{Kind: resolutions.Concept, Title: title, PlaceID: place.ID, HolderID: body.ID})
	if err != nil {
		return err
	}
	d.id = doc.ID
	today := d.Resolutions.Today()
	duty := resolutions.Duty{Asks: true, OwnerID: body.ID, Due: today.AddDays(100), Measure: title}
	var texts []resolutions.NewArticle
	for i := range d.n {
		texts = append(texts, resolutions.NewArticle{Text: wording(i, "принять"), Duty: duty})
	}
	if err := d.once("articles are written", func() error {
		d.list, err = d.Resolutions.Write(ctx, d.keeper, d.id, texts)
		return err
	}); err != nil {
		return err
	}
	return d.once("text is laid open", func() error {
		return d.Resolutions.LayOpen(ctx, d.keeper, d.id, resolutions.Opening{Until: today.AddDays(20)})
	})
}

// wording invents the i-th article, about as long as articles are.
func wording(i int, verb string) i18n.Text {
	return i18n.Text{KK: fmt.Sprintf("%d-тармақ: %s. ", i, verb) + strings.Repeat(sentence, 4), RU: fmt.Sprintf("Пункт %d: %s. ", i, verb) + strings.Repeat(sentence, 4)}
}

// measure times acts and pages in the order in which they come.
func (d *draft) measure(ctx context.Context) error {
	cookie, err := d.signIn()
	if err != nil {
		return err
	}
	var made []resolutions.Amendment
	if err := d.once("amendments are made, one to each article", func() error { return d.amend(ctx, &made) }); err != nil {
		return err
	}
	if err := d.once("amendments are recommended", func() error {
		for _, a := range made {
			if err := d.Resolutions.Advise(ctx, d.keeper, a.ID, 0, resolutions.AdviseTake, i18n.Text{}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return err
	}
	at := "/ru/resolutions/" + d.id.String()
	last := fmt.Sprint("?page=", (d.n+19)/20)
	for _, x := range []struct{ what, path string }{
		{"page of the text", at + "/text"}, {"page of the text, the last", at + "/text" + last}, {"amendments", at + "/amendments"}, {"amendments, the last", at + "/amendments" + last},
		{"amendment with its difference", at + "/amendments/" + made[d.n/2].ID.String()}, {"article", at + "/articles/" + d.list[d.n/2].ID.String()},
		{"form of an amendment", at + "/amend?article=" + d.list[0].ID.String()},
	} {
		if err := d.pages(x.what, cookie, x.path); err != nil {
			return err
		}
	}
	if err := d.once("amendments are decided in bulk", func() error {
		done, err := d.Resolutions.Decide(ctx, d.keeper, d.id, nil)
		if err == nil && done.Taken != d.n {
			err = fmt.Errorf("%d amendments of %d were adopted", done.Taken, d.n)
		}
		return err
	}); err != nil {
		return err
	}
	for _, x := range []struct{ what, path string }{{"second edition with its differences", at + "/text"}, {"first edition", at + "/text?edition=1"}} {
		if err := d.pages(x.what, cookie, x.path); err != nil {
			return err
		}
	}
	today := d.Resolutions.Today()
	if err := d.once("document is adopted with its items", func() error {
		return d.Resolutions.Adopt(ctx, d.keeper, d.id, resolutions.Adoption{On: today, AnswerBy: today.AddDays(10)})
	}); err != nil {
		return err
	}
	return d.pages("items as CSV", cookie, at+"/items.csv")
}

func (d *draft) amend(ctx context.Context, made *[]resolutions.Amendment) error {
	for i, a := range d.list {
		x, err := d.Resolutions.Amend(ctx, d.keeper, d.id, resolutions.NewAmendment{ArticleID: a.ID, Act: resolutions.Replace, Base: 1, Text: wording(i, "обсудить и принять")})
		if err != nil {
			return err
		}
		*made = append(*made, x)
	}
	return nil
}

// amendedSmall is how many times smaller the small document is.
const amendedSmall = 10

// showAmendments prints what documents under amendment showed.
func showAmendments(all []RoundResult, line func(cells ...string), ms func(time.Duration) string) {
	if len(all) == 0 {
		return
	}
	line()
	line("articles", "of a document", "ms", "µs for one", "to small, for one", "KB")
	for _, r := range all {
		line(fmt.Sprint(r.Applications), r.What, ms(r.Took), fmt.Sprintf("%.1f", float64(r.Took.Microseconds())/float64(r.Applications)), fmt.Sprintf("%.2f", r.ToSmall), fmt.Sprintf("%.1f", float64(r.Bytes)/1000))
	}
}
