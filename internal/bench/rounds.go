package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strings"
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

// RoundResult is how long something takes in a round of a call, by its size.
type RoundResult struct {
	Applications int           `json:"applications"`
	What         string        `json:"what"`
	Took         time.Duration `json:"took_ns"` // the median
	Bytes        int           `json:"bytes"`
	// ToSmall is the time for one application against that in the small round: 1 is
	// flat.
	ToSmall float64 `json:"per_application_to_small"`
}

const (
	roundCriteria = 10
	roundExperts  = 3 // who read each application
	perExpert     = 100
	comment       = "Потребность показана данными опроса и письмами жителей; смета близка к ценам района."
)

// round is a seeded round whose marks are open and whose order waits to be counted.
type round struct {
	*app.Portal
	clock  time.Time
	n      int
	head   access.Actor
	funder ref.ID
	call   funding.Call
	panel  ref.ID
	rnd    *rand.Rand
	out    []RoundResult
}

// measureRound seeds a round of n applications and times what the funder's side and
// the public do with its marks. It runs in this process: the first answers are those
// of a portal that has not counted the order yet.
func measureRound(ctx context.Context, o options, n int) ([]RoundResult, error) {
	dir, err := os.MkdirTemp("", "birge-bench.")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	r := &round{n: n, clock: time.Now().Add(-60 * 24 * time.Hour), rnd: rand.New(rand.NewPCG(1, 2))}
	c := config(filepath.Join(dir, "data"))
	c.Clock, c.PagesMB, c.Log = func() time.Time { return r.clock }, 32, slog.New(slog.NewTextHandler(io.Discard, nil))
	if r.Portal, err = app.Open(ctx, c); err != nil {
		return nil, err
	}
	defer r.Close()
	began := time.Now()
	if err := r.seed(ctx); err != nil {
		return nil, err
	}
	fmt.Fprintf(os.Stderr, "seeded a round of %d applications in %s\n", n, time.Since(began).Round(time.Second))
	if o.profile != "" {
		f, err := os.Create(filepath.Join(o.profile, fmt.Sprintf("round%d.pprof", n)))
		if err != nil {
			return nil, err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return nil, err
		}
		defer pprof.StopCPUProfile()
	}
	return r.out, r.measure(ctx)
}

// seed makes the round: by use-cases where one does all at once, else in bulk.
func (r *round) seed(ctx context.Context) error {
	if err := r.LoadFacts(ctx); err != nil {
		return err
	}
	by, place := access.Portal("bench"), r.Places.Tree().Regions()[0]
	head, err := r.Accounts.Enrol(ctx, by, accounts.NewPerson{Name: "Жетекші", Email: benchEmail, Lang: i18n.RU, Password: benchPassword, Proved: true})
	if err != nil {
		return err
	}
	officer := access.Actor{UserID: 1, Grants: []access.Grant{{Role: access.Officer, Scope: place.ID}}}
	funder, err := r.Orgs.Create(ctx, officer, orgs.Draft{Kind: "business", Name: i18n.Text{RU: "Меценат"}, PlaceID: place.ID})
	if err != nil {
		return err
	}
	if _, err := r.Accounts.GiveRole(ctx, by, head.ID, access.Lead, funder.Ref()); err != nil {
		return err
	}
	r.funder, r.head = funder.ID, access.Actor{UserID: head.ID, Grants: []access.Grant{{Role: access.Lead, Scope: funder.ID}}}
	if err := r.announce(ctx, by, place.ID); err != nil {
		return err
	}
	if err := r.apply(ctx, by); err != nil {
		return err
	}
	if err := r.enlist(ctx, by, place.Ref()); err != nil {
		return err
	}
	r.clock = r.clock.Add(25 * 24 * time.Hour)
	return r.judge(ctx, by)
}

func (r *round) announce(ctx context.Context, by access.Actor, place ref.ID) (err error) {
	text := i18n.Text{KK: "Байқау", RU: "Конкурс"}
	terms := funding.Terms{Kind: projects.Business, PlaceID: place, Title: text, About: text, Who: text, Contacts: text, Spheres: []string{"youth"}, MaxSum: 20_000_000_00, MaxMonths: 12,
		Rounds:  []funding.Round{{No: 1, Opens: db.At(r.clock), Closes: db.At(r.clock.Add(20 * 24 * time.Hour)), Sum: int64(r.n/10) * 10_000_000_00, Year: r.clock.Year()}},
		PerWork: roundExperts, Names: panels.NamesAfter, Threshold: 40}
	for i := range roundCriteria {
		terms.Criteria = append(terms.Criteria, panels.Criterion{Code: fmt.Sprint("c", i), Name: text, Weight: 100 / roundCriteria, Max: 10})
	}
	if r.call, err = r.Funding.CreateCall(ctx, by, funding.NewCall{FunderID: r.funder, Terms: terms}); err != nil {
		return err
	}
	r.call, err = r.Funding.PublishCall(ctx, by, r.call.ID, r.call.Version)
	return err
}

// apply hands the applications in, admitted already; every fourth organization has
// some of them.
func (r *round) apply(ctx context.Context, by access.Actor) error {
	where, spheres := r.Places.Tree().Regions(), r.Norms.Book().Terms("sphere")
	for _, x := range r.Places.Tree().Regions() {
		where = append(where, r.Places.Tree().Children(x.ID)...)
	}
	bodies, err := seedOrgs(ctx, r.Portal, by, max(2, r.n/4), where, spheres)
	if err != nil {
		return err
	}
	for from := 0; from < r.n; from += batch {
		if err := r.DB.Update(ctx, func(tx *db.Tx) error {
			var rows [][]any
			for i := from; i < min(r.n, from+batch); i++ {
				p := proposalOf(i, bodies[i%len(bodies)], where[i*7%len(where)].ID, spheres[i%len(spheres)].Code)
				none, empty := []string{}, map[string]string{}
				rows = append(rows, []any{tx.NewID(), fmt.Sprintf("%d-%06d", r.clock.Year(), i), r.call.ID, 1, bodies[i%len(bodies)], tx.NewID(), 0, db.AsJSON(&p), db.AsJSON(&empty), db.AsJSON(&none),
					db.AsJSON(&empty), p.PlaceID, p.Sphere, p.Asked, p.Title.RU, "admitted", db.At(r.clock), r.head.UserID, db.AsJSON(&none), db.AsJSON(&none), i18n.Text{}, r.call.NormsOn, false, 1})
			}
			return db.InsertMany(ctx, tx, `INSERT INTO applications (id, number, call_id, round, org_id, draft_id, form_version, proposal, answers, papers, contact, place_id, sphere, asked, folded,
				state, submitted_at, submitted_by, checks, mend, reason, norms_on, sample, version)`, rows)
		}); err != nil {
			return err
		}
	}
	return nil
}

// proposalOf invents the i-th proposal, about as long as people write them.
func proposalOf(i int, _ ref.ID, place ref.ID, sphere string) funding.Proposal {
	long := i18n.Text{RU: strings.Repeat(sentence, 20)}
	asked := int64(5+i%10) * 1_000_000_00
	return funding.Proposal{Lang: i18n.RU, Title: i18n.Text{RU: fmt.Sprintf("Проект %d: %s", i, things[i%len(things)]), KK: fmt.Sprintf("%d-жоба", i)}, Summary: i18n.Text{RU: sentence},
		Need: long, Method: long, Risks: i18n.Text{RU: sentence}, Lasting: i18n.Text{RU: sentence}, Team: i18n.Text{RU: sentence}, PlaceID: place, Sphere: sphere, Beneficiaries: 100,
		Starts: db.Day(lastYear, 6, 1), Ends: db.Day(lastYear, 11, 30), Asked: asked,
		Lines: []funding.BudgetLine{{ID: 1, Category: "pay", Name: i18n.Text{RU: "Оплата труда"}, Unit: i18n.Text{RU: "месяц"}, Quantity: 1000, Price: asked, Sum: asked}}}
}

// enlist has experts join the pool.
func (r *round) enlist(ctx context.Context, by access.Actor, place ref.Ref) error {
	for i := range max(2*roundExperts, r.n*roundExperts/perExpert) {
		p, err := r.Accounts.Enrol(ctx, by, accounts.NewPerson{Name: "Сарапшы", Email: fmt.Sprintf("e%d@example.kz", i)})
		if err != nil {
			return err
		}
		if _, err := r.Accounts.GiveRole(ctx, by, p.ID, access.Expert, place); err != nil {
			return err
		}
		e := access.Actor{UserID: p.ID, Grants: []access.Grant{{Role: access.Expert, Scope: place.ID}}}
		if _, err := r.Panels.Present(ctx, e, 0, panels.Profile{Spheres: []string{"youth"}, Langs: []i18n.Lang{i18n.KK, i18n.RU}}); err != nil {
			return err
		}
	}
	return nil
}

// judge takes the round through its draw, writes all sheets in bulk and opens them.
func (r *round) judge(ctx context.Context, by access.Actor) error {
	p, err := r.Funding.OpenPanel(ctx, by, r.call.ID, 1, db.Date{})
	if err != nil {
		return err
	}
	if r.panel = p.ID; err == nil {
		err = r.Panels.Freeze(ctx, by, p.ID)
	}
	for i := 0; i < 2 && err == nil; i++ {
		err = r.Panels.AnnounceDice(ctx, by, p.ID, i18n.Text{RU: fmt.Sprint("Тираж ", i)}, "https://example.kz/lot")
	}
	r.clock = r.clock.Add(48 * time.Hour)
	for i := 0; i < 2 && err == nil; i++ {
		err = r.Panels.DiceFell(ctx, by, p.ID, i, fmt.Sprint(i, " 12 33"))
	}
	if err != nil {
		return err
	}
	if err := r.DB.Update(ctx, func(tx *db.Tx) error { return r.mark(ctx, tx) }); err != nil {
		return err
	}
	return r.Panels.Reveal(ctx, by, p.ID, i18n.Text{})
}

// mark fills every sheet: what a work is worth, how generous its expert is, and noise.
func (r *round) mark(ctx context.Context, tx *db.Tx) error {
	type sheet struct{ id, work, expert ref.ID }
	list, err := db.All(ctx, tx, func(x db.Row) (s sheet, err error) {
		err = x.Scan(&s.id, &s.work, &s.expert)
		return s, err
	}, `SELECT id, work_id, expert_id FROM panel_assignments WHERE panel_id = $1 ORDER BY id`, r.panel)
	if err != nil {
		return err
	}
	worth, generous := map[ref.ID]float64{}, map[ref.ID]float64{}
	for _, s := range list {
		if _, ok := worth[s.work]; !ok {
			worth[s.work] = 6 + 1.5*r.rnd.NormFloat64()
		}
		if _, ok := generous[s.expert]; !ok {
			generous[s.expert] = 0.7 * r.rnd.NormFloat64()
		}
		scores := make([]panels.Score, roundCriteria)
		for i := range scores {
			points := worth[s.work] + generous[s.expert] + r.rnd.NormFloat64()
			scores[i] = panels.Score{Code: fmt.Sprint("c", i), Points: max(0, min(10, int(points+0.5))), Comment: comment}
		}
		if _, err := tx.Exec(ctx, `UPDATE panel_assignments SET declared_at = $2, submitted_at = $2, scores = $3, total = $4 WHERE id = $1`, s.id, db.At(tx.Now()), db.AsJSON(&scores),
			int64(panels.Total(r.call.Criteria, scores)*1e5)); err != nil {
			return err
		}
	}
	return nil
}

// measure times pages and acts in the order in which they come.
func (r *round) measure(ctx context.Context) error {
	cookie, err := r.signIn()
	if err != nil {
		return err
	}
	ranking, results := "/ru/calls/"+r.call.ID.String()+"/ranking", "/ru/calls/"+r.call.ID.String()+"/results"
	if err := r.pages("ranking page, not counted yet", cookie, ranking); err != nil {
		return err
	}
	if err := r.once("ranking with corrections and firmness (job)", func() error { return r.Panels.Count(ctx, r.panel) }); err != nil {
		return err
	}
	for _, x := range []struct{ what, path string }{{"ranking page", ranking}, {"ranking page, the last", fmt.Sprint(ranking, "?page=", r.n/100)},
		{"ranking page, other money", ranking + "?sum=1000000&threshold=50"}, {"ranking as CSV", ranking + ".csv"}, {"ranking as XLSX", ranking + ".xlsx"},
		{"panel page", "/ru/panels/" + r.panel.String()}} {
		if err := r.pages(x.what, cookie, x.path); err != nil {
			return err
		}
	}
	d, err := r.Funding.BeginDecision(ctx, r.head, r.call.ID, 1, funding.OnOrder)
	if err != nil {
		return err
	}
	if err := r.pages("decision page", cookie, "/ru"+d.Path()); err != nil {
		return err
	}
	if err := r.once("decision is put", func() error {
		d, err = r.Funding.PutDecision(ctx, r.head, d.ID, 0)
		return err
	}); err != nil {
		return err
	}
	if err := r.once("decision is published", func() error {
		d, err = r.Funding.PublishDecision(ctx, r.head, d.ID, 0)
		return err
	}); err != nil {
		return err
	}
	var leafed []string
	for page := range asks {
		leafed = append(leafed, fmt.Sprint(results, "?page=", page+1))
	}
	if err := r.pages("results page, anew", nil, leafed...); err != nil {
		return err
	}
	for _, x := range []struct{ what, path string }{{"results page, kept", leafed[0]}, {"results as CSV", results + ".csv"}, {"results as XLSX", results + ".xlsx"}, {"results as JSON", results + ".json"}} {
		if err := r.pages(x.what, nil, x.path); err != nil {
			return err
		}
	}
	return nil
}

func (r *round) signIn() (*http.Cookie, error) {
	form := url.Values{"email": {benchEmail}, "password": {benchPassword}}
	q := httptest.NewRequest(http.MethodPost, "/ru/sign-in", strings.NewReader(form.Encode()))
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	r.Server.ServeHTTP(w, q)
	for _, c := range w.Result().Cookies() {
		if c.Value != "" {
			return c, nil
		}
	}
	return nil, fmt.Errorf("signing in answers %d", w.Code)
}

// asks is how often a page is asked for; the median counts.
const asks = 7

// pages asks for a page, or for several in turn.
func (r *round) pages(what string, cookie *http.Cookie, paths ...string) error {
	var took []time.Duration
	x := RoundResult{Applications: r.n, What: what}
	for i := range asks {
		path := paths[i%len(paths)]
		q := httptest.NewRequest(http.MethodGet, path, nil)
		if cookie != nil {
			q.AddCookie(cookie)
		}
		w := httptest.NewRecorder()
		began := time.Now()
		r.Server.ServeHTTP(w, q)
		took = append(took, time.Since(began))
		if x.Bytes = w.Body.Len(); w.Code != http.StatusOK {
			return fmt.Errorf("%s answers %d", path, w.Code)
		}
	}
	slices.Sort(took)
	x.Took = took[len(took)/2]
	r.out = append(r.out, x)
	return nil
}

func (r *round) once(what string, f func() error) error {
	began := time.Now()
	err := f()
	r.out = append(r.out, RoundResult{Applications: r.n, What: what, Took: time.Since(began)})
	return err
}

// compareRounds sets the time for one application against that of the small round.
func compareRounds(all []RoundResult) {
	for i := range all {
		for _, small := range all {
			if small.What == all[i].What && small.Applications < all[i].Applications && small.Took > 0 {
				all[i].ToSmall = float64(all[i].Took) / float64(all[i].Applications) / (float64(small.Took) / float64(small.Applications))
			}
		}
	}
}
