package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"birge/internal/accounts"
	"birge/internal/app"
	"birge/internal/funding"
	"birge/internal/orgs"
	"birge/internal/panels"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/projects"
)

// Typing is what people who write applications at once see: each sends the field
// in which he writes as often as the script does at most.
type Typing struct {
	People int `json:"people"`
	// Typed is with every person at his pace, Most as fast as the portal can with as
	// many connections as the pages are measured with.
	Typed speed `json:"typed"`
	Most  speed `json:"most"`
}

const (
	benchPassword = "ақ бота жусанда жатыр"
	benchEmail    = "bench@example.kz"
	// pace is how often the script sends a field in which somebody writes without a
	// pause.
	pace = 1500 * time.Millisecond
)

// measureTyping has people write into as many drafts of one call at once.
func measureTyping(ctx context.Context, o options, people int) (t Typing, err error) {
	dir, err := os.MkdirTemp("", "birge-bench.")
	if err != nil {
		return t, err
	}
	defer os.RemoveAll(dir)
	data := filepath.Join(dir, "data")
	drafts, err := seedDrafts(ctx, data, people)
	if err != nil {
		return t, err
	}
	c, err := startChild(ctx, data, 0)
	if err != nil {
		return t, err
	}
	defer c.end()
	cookie, err := signIn("http://" + c.pages)
	if err != nil {
		return t, err
	}
	t.People = people
	d := time.Duration(o.seconds * float64(time.Second))
	t.Typed = typing("http://"+c.pages, cookie, "need", drafts, pace, max(d, 4*pace))
	t.Most = typing("http://"+c.pages, cookie, "method", drafts[:min(len(drafts), o.connections)], 0, d)
	return t, ctx.Err()
}

// seedDrafts makes a portal with one open call and a draft of each of so many
// organizations, all led by one person.
func seedDrafts(ctx context.Context, dir string, n int) (drafts []ref.ID, err error) {
	p, err := app.Open(ctx, config(dir))
	if err != nil {
		return nil, err
	}
	defer p.Close()
	if err := p.LoadFacts(ctx); err != nil {
		return nil, err
	}
	by, place := access.Portal("bench"), p.Places.Tree().Regions()[0]
	officer := access.Actor{UserID: 1, Grants: []access.Grant{{Role: access.Officer, Scope: place.ID}}}
	lead, err := p.Accounts.Enrol(ctx, by, accounts.NewPerson{Name: "Жетекші", Email: benchEmail, Lang: i18n.RU, Password: benchPassword, Proved: true})
	if err != nil {
		return nil, err
	}
	enter := func(kind string, i int) (orgs.Organization, error) {
		return p.Orgs.Create(ctx, officer, orgs.Draft{Kind: kind, Name: i18n.Text{RU: fmt.Sprintf("Организация %d", i)}, PlaceID: place.ID})
	}
	funder, err := enter("business", n)
	if err != nil {
		return nil, err
	}
	text, now := i18n.Text{KK: "Байқау", RU: "Конкурс"}, time.Now()
	call, err := p.Funding.CreateCall(ctx, by, funding.NewCall{FunderID: funder.ID, Terms: funding.Terms{Kind: projects.Business, PlaceID: place.ID, Title: text, About: text, Who: text, Contacts: text,
		Spheres: []string{"youth"}, Rounds: []funding.Round{{No: 1, Opens: db.At(now), Closes: db.At(now.Add(30 * 24 * time.Hour)), Sum: 1_000_000_00, Year: now.Year()}},
		MaxSum: 1_000_000_00, MaxMonths: 12, PerWork: 1, Names: panels.NamesAfter, Criteria: []panels.Criterion{{Code: "need", Name: text, Weight: 100, Max: 10}}}})
	if err == nil {
		call, err = p.Funding.PublishCall(ctx, by, call.ID, call.Version)
	}
	for i := 0; i < n && err == nil; i++ {
		var org orgs.Organization
		if org, err = enter("ngo", i); err != nil {
			break
		}
		if _, err = p.Accounts.GiveRole(ctx, by, lead.ID, access.Lead, org.Ref()); err != nil {
			break
		}
		var d funding.ApplicationDraft
		d, err = p.Funding.Begin(ctx, access.Actor{UserID: lead.ID, Grants: []access.Grant{{Role: access.Lead, Scope: org.ID}}}, call.ID, org.ID)
		drafts = append(drafts, d.ID)
	}
	return drafts, err
}

func signIn(portal string) (*http.Cookie, error) {
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := client.PostForm(portal+"/ru/sign-in", url.Values{"email": {benchEmail}, "password": {benchPassword}})
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	for _, c := range r.Cookies() {
		if c.Value != "" {
			return c, nil
		}
	}
	return nil, fmt.Errorf("signing in answers %s", r.Status)
}

// typing has one writer for each draft save a field, which grows, every step (0: at
// once), for a time.
func typing(portal string, cookie *http.Cookie, field string, drafts []ref.ID, step, d time.Duration) (s speed) {
	client := http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: len(drafts), MaxConnsPerHost: len(drafts)}}
	var mu sync.Mutex
	var all []time.Duration
	var wg sync.WaitGroup
	began := time.Now()
	for i, draft := range drafts {
		wg.Go(func() {
			time.Sleep(step * time.Duration(i) / time.Duration(len(drafts))) // people do not type in step
			took, failed := typeInto(&client, portal+"/ru/drafts/"+draft.String()+"/autosave", cookie, field, step, began.Add(d))
			mu.Lock()
			defer mu.Unlock()
			all, s.Failed = append(all, took...), s.Failed+failed
		})
	}
	wg.Wait()
	slices.Sort(all)
	if s.Requests = len(all); s.Requests > 0 {
		s.PerSecond = float64(len(all)) / time.Since(began).Seconds()
		s.P50, s.P95 = all[len(all)/2], all[len(all)*95/100]
	}
	return s
}

const sentence = "Жители села ездят за помощью врача в районный центр за сорок километров. "

func typeInto(client *http.Client, address string, cookie *http.Cookie, field string, step time.Duration, end time.Time) (took []time.Duration, failed int) {
	was, text := "", ""
	for n := 0; time.Now().Before(end); n++ {
		if text += sentence; n%40 == 39 {
			text = sentence
		}
		began := time.Now()
		form := url.Values{"was": {field + "=" + was}, field: {text}}
		q, err := http.NewRequest(http.MethodPost, address, strings.NewReader(form.Encode()))
		if err != nil {
			return took, failed + 1
		}
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		q.AddCookie(cookie)
		r, err := client.Do(q)
		if err != nil {
			return took, failed + 1
		}
		body, err := io.ReadAll(r.Body)
		_ = r.Body.Close()
		if err != nil || r.StatusCode != http.StatusOK || !strings.Contains(string(body), funding.Mark([]string{text})) {
			return took, failed + 1
		}
		was = funding.Mark([]string{text})
		took = append(took, time.Since(began))
		time.Sleep(step - time.Since(began))
	}
	return took, failed
}
