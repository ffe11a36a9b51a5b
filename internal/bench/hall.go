package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"birge/internal/app"
	"birge/internal/forums"
	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

// HallResult is what a vote of a full hall showed. The vote is open, so each ballot
// has an entry of the journal: a secret one costs less.
type HallResult struct {
	Voters      int           `json:"voters"`
	Within      time.Duration `json:"within_ns"` // in which they cast, each at a moment of chance
	Taken       int           `json:"taken"`
	Failed      int           `json:"failed"`
	Counted     int64         `json:"counted"`
	Ballot      time.Duration `json:"ballot_ns"`    // the median
	Slow        time.Duration `json:"ballot_99_ns"` // all but one in a hundred are faster
	Slowest     time.Duration `json:"ballot_most_ns"`
	Result      time.Duration `json:"result_ns"` // from the moderator's button to the result on the screen
	Peak        int64         `json:"peak_rss_bytes"`
	Asked       int           `json:"turns_asked"` // how often phones asked meanwhile whether something has changed
	TurnsFailed int           `json:"turns_failed"`
}

// show writes the result as a table.
func (r *HallResult) show(line func(cells ...string)) {
	ms := func(d time.Duration) string { return fmt.Sprintf("%.0f", float64(d)/float64(time.Millisecond)) }
	line("voters", "within s", "taken", "failed", "counted", "ballot p50 ms", "p99 ms", "most ms", "turns asked", "failed", "result after ms", "peak MB")
	line(fmt.Sprint(r.Voters), fmt.Sprintf("%.0f", r.Within.Seconds()), fmt.Sprint(r.Taken), fmt.Sprint(r.Failed), fmt.Sprint(r.Counted), ms(r.Ballot), ms(r.Slow), ms(r.Slowest),
		fmt.Sprint(r.Asked), fmt.Sprint(r.TurnsFailed), ms(r.Result), fmt.Sprint(r.Peak>>20))
}

// castWithin is in how long everybody votes, turnEvery how often a phone asks.
const (
	castWithin = 10 * time.Second
	turnEvery  = 3 * time.Second
)

// fullHall is a seeded hall: the links of its moderator, screen and phones.
type fullHall struct {
	lead, screen string
	phones       []string
	session      ref.ID
	vote         ref.ID
}

// measureHall has so many people vote within ten seconds, from phones that ask
// meanwhile whether something has changed, and closes the vote.
func measureHall(ctx context.Context, voters int) (r HallResult, err error) {
	dir, err := os.MkdirTemp("", "birge-bench.")
	if err != nil {
		return r, err
	}
	defer os.RemoveAll(dir)
	began := time.Now()
	h, err := seedHall(ctx, filepath.Join(dir, "data"), voters)
	if err != nil {
		return r, err
	}
	fmt.Fprintf(os.Stderr, "seeded a hall of %d people in %s\n", voters, time.Since(began).Round(time.Second))
	c, err := startChild(ctx, filepath.Join(dir, "data"), 0)
	if err != nil {
		return r, err
	}
	defer c.end()
	r = HallResult{Voters: voters, Within: castWithin}
	h.castAll(ctx, "http://"+c.pages, &r)
	closing := time.Now()
	if err := post(http.DefaultClient, "http://"+c.pages+"/kk/hall/"+h.lead, url.Values{"do": {"close"}, "id": {h.vote.String()}}); err != nil {
		return r, err
	}
	if _, status, err := fetch("http://"+c.pages+"/kk/hall/"+h.screen, ""); err != nil || status != http.StatusOK {
		return r, fmt.Errorf("the screen answers %d: %w", status, err)
	}
	r.Result = time.Since(closing)
	u, err := ask[usage](c, "/usage")
	if err != nil {
		return r, err
	}
	r.Peak = u.Peak
	c.end()
	return r, h.count(ctx, filepath.Join(dir, "data"), &r)
}

// castAll lets every phone ask and vote.
func (h *fullHall) castAll(ctx context.Context, base string, r *HallResult) {
	client := &http.Client{Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{MaxIdleConnsPerHost: len(h.phones), MaxConnsPerHost: len(h.phones)}}
	defer client.CloseIdleConnections()
	var mu sync.Mutex
	var took []time.Duration
	var phones sync.WaitGroup
	for _, token := range h.phones {
		at, first := rand.N(castWithin), rand.N(turnEvery)
		phones.Go(func() {
			cast, turn, end := time.After(at), time.After(first), time.After(castWithin)
			for done := false; ; {
				select {
				case <-ctx.Done():
					return
				case <-end:
					if done {
						return
					}
				case <-turn:
					err := read(client, base+"/hall/"+token+"/turn?session="+h.session.String())
					mu.Lock()
					r.Asked++
					if err != nil {
						r.TurnsFailed++
					}
					mu.Unlock()
					turn = time.After(turnEvery)
				case <-cast:
					began := time.Now()
					err := post(client, base+"/kk/hall/"+token, url.Values{"do": {"cast"}, "session": {h.session.String()}, "id": {h.vote.String()}, "choice": {"0"}})
					mu.Lock()
					took = append(took, time.Since(began))
					if err != nil {
						r.Failed++
					} else {
						r.Taken++
					}
					mu.Unlock()
					if done = true; time.Since(began) > castWithin-at {
						return
					}
				}
			}
		})
	}
	phones.Wait()
	slices.Sort(took)
	if n := len(took); n > 0 {
		r.Ballot, r.Slow, r.Slowest = took[n/2], took[n*99/100], took[n-1]
	}
}

// post sends a form that is to be taken.
func post(client *http.Client, address string, form url.Values) error {
	noFollow := *client
	noFollow.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	a, err := noFollow.PostForm(address, form)
	if err != nil {
		return err
	}
	defer a.Body.Close()
	_, _ = io.Copy(io.Discard, a.Body)
	if a.StatusCode != http.StatusSeeOther {
		return fmt.Errorf("%s answers %d", address, a.StatusCode)
	}
	return nil
}

func read(client *http.Client, address string) error {
	a, err := client.Get(address)
	if err != nil {
		return err
	}
	defer a.Body.Close()
	_, _ = io.Copy(io.Discard, a.Body)
	if a.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %d", address, a.StatusCode)
	}
	return nil
}

// count reads from the store what was counted.
func (h *fullHall) count(ctx context.Context, dir string, r *HallResult) error {
	p, err := app.Open(ctx, config(dir))
	if err != nil {
		return err
	}
	defer p.Close()
	v, err := p.Forums.Hall(ctx, h.lead, 0)
	if err != nil {
		return err
	}
	r.Counted = v.Votes[0].Result.Counts[0]
	if r.Failed > 0 || r.Counted != int64(r.Taken) || v.Votes[0].Result.Marks != r.Counted {
		return fmt.Errorf("bench: %d ballots were taken and %d failed, %d are counted with %d marks", r.Taken, r.Failed, r.Counted, v.Votes[0].Result.Marks)
	}
	return nil
}

// seedHall makes a forum of one session with so many people in its hall, and opens a
// vote.
func seedHall(ctx context.Context, dir string, voters int) (h *fullHall, err error) {
	p, err := app.Open(ctx, config(dir))
	if err != nil {
		return nil, err
	}
	defer p.Close()
	if err := p.LoadFacts(ctx); err != nil {
		return nil, err
	}
	p.Forums.Hand = nil // nobody is written to
	place, today := p.Places.Tree().Regions()[0], p.Forums.Today()
	officer := access.Actor{UserID: 1, Grants: []access.Grant{{Role: access.Officer, Scope: place.ID}}}
	body, err := p.Orgs.Create(ctx, officer, orgs.Draft{Kind: "state_body", Name: i18n.Text{KK: "Басқарма"}, PlaceID: place.ID})
	if err != nil {
		return nil, err
	}
	f, err := p.Forums.Create(ctx, officer, forums.NewForum{Plan: forums.Plan{Title: i18n.Text{KK: "Форум"}, Theme: i18n.Text{KK: "Бірге"}, PlaceID: place.ID, OrganizerID: body.ID,
		From: today, Until: today, RegistrationOpens: today, RegistrationCloses: today}})
	if err != nil {
		return nil, err
	}
	if _, err := p.Forums.Announce(ctx, officer, f.ID); err != nil {
		return nil, err
	}
	x, err := p.Forums.PlanSession(ctx, officer, f.ID, 0, 0, forums.NewSession{SessionPlan: forums.SessionPlan{Kind: forums.Plenary, Title: i18n.Text{KK: "Ашылу"}}})
	if err != nil {
		return nil, err
	}
	h = &fullHall{session: x.ID}
	if h.lead, err = p.Forums.HandLink(ctx, officer, f.ID, x.ID, forums.Leads); err != nil {
		return nil, err
	}
	if h.screen, err = p.Forums.HandLink(ctx, officer, f.ID, x.ID, forums.Shows); err != nil {
		return nil, err
	}
	if err := h.fill(ctx, p, officer, f, voters); err != nil {
		return nil, err
	}
	v, err := p.Forums.OpenVote(ctx, officer, h.lead, forums.NewVote{Manner: forums.Openly, Subject: i18n.Text{KK: "Қабылдаймыз ба?"}}, false)
	h.vote = v.ID
	return h, err
}

// fill registers everybody and lets them in.
func (h *fullHall) fill(ctx context.Context, p *app.Portal, officer access.Actor, f forums.Forum, voters int) error {
	if err := p.Forums.SetQuota(ctx, officer, f.ID, forums.Everybody, int64(voters)); err != nil {
		return err
	}
	for i := range voters {
		n := forums.NewRegistration{Kind: "ngo", PlaceID: f.PlaceID, Consent: true,
			Private: forums.Private{Name: fmt.Sprintf("Қатысушы %d", i), Email: fmt.Sprintf("voter%d@example.kz", i), Lang: i18n.KK}}
		if err := p.Forums.Register(ctx, access.Actor{}, f.ID, n); err != nil {
			return err
		}
	}
	all, err := p.Forums.People(ctx, officer, f.ID)
	if err != nil {
		return err
	}
	ids := make([]ref.ID, len(all.List))
	for i, x := range all.List {
		ids[i] = x.ID
	}
	if err := p.Forums.Answer(ctx, officer, f.ID, ids, true); err != nil {
		return err
	}
	for _, x := range all.List {
		token, err := p.Forums.EnterByCode(ctx, f.ID, x.Code)
		if err != nil {
			return err
		}
		h.phones = append(h.phones, token)
	}
	return nil
}
