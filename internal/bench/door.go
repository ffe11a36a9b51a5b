package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"time"

	"birge/internal/app"
	"birge/internal/forums"
	"birge/internal/orgs"
	"birge/internal/platform/access"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

// DoorResult is how long the people and the door of a forum take.
type DoorResult struct {
	People  int `json:"people"` // who register at once; half of them get a seat
	Devices int `json:"devices"`
	Scans   int `json:"scans"` // that the devices bring at once
	// Came is how many people were counted, each once.
	Came        int64         `json:"came"`
	Registering time.Duration `json:"registering_ns"`
	Answering   time.Duration `json:"answering_ns"`
	Merging     time.Duration `json:"merging_ns"`
	// ToSmall is the time for one scan against that of the small door: 1 is flat.
	ToSmall float64 `json:"per_scan_to_small"`
}

// How many register at once, and how many scans a device brings at a time.
const (
	rush     = 64
	doorPart = 200
)

// gate is a forum whose door is measured.
type gate struct {
	*app.Portal
	clock time.Time
	lead  access.Actor
	forum forums.Forum
	codes []string // of those who are admitted
	keys  []string // of the devices
	out   DoorResult
}

// measureDoors measures a door of 2 devices that bring 500 scans, and one of 20.
func measureDoors(ctx context.Context, scans int) ([]DoorResult, error) {
	small, err := measureDoor(ctx, DoorResult{People: 200, Devices: 2, Scans: scans / 10})
	if err != nil {
		return nil, err
	}
	large, err := measureDoor(ctx, DoorResult{People: 2000, Devices: 20, Scans: scans})
	large.ToSmall = float64(large.Merging) / float64(large.Scans) / (float64(small.Merging) / float64(small.Scans))
	return []DoorResult{small, large}, err
}

func measureDoor(ctx context.Context, size DoorResult) (DoorResult, error) {
	dir, err := os.MkdirTemp("", "birge-bench.")
	if err != nil {
		return size, err
	}
	defer os.RemoveAll(dir)
	g := &gate{clock: time.Now(), out: size}
	c := config(filepath.Join(dir, "data"))
	c.Clock, c.PagesMB, c.Log = func() time.Time { return g.clock }, 32, slog.New(slog.NewTextHandler(io.Discard, nil))
	if g.Portal, err = app.Open(ctx, c); err != nil {
		return size, err
	}
	defer g.Close()
	for _, step := range []func(context.Context) error{g.announce, g.register, g.answer, g.openDevices, g.merge, g.proveAll} {
		if err := step(ctx); err != nil {
			return g.out, err
		}
	}
	return g.out, nil
}

func (g *gate) announce(ctx context.Context) error {
	if err := g.LoadFacts(ctx); err != nil {
		return err
	}
	place, text := g.Places.Tree().Regions()[0], i18n.Text{KK: "Форум", RU: "Форум"}
	officer := access.Actor{UserID: 1, Grants: []access.Grant{{Role: access.Officer, Scope: place.ID}}}
	body, err := g.Orgs.Create(ctx, officer, orgs.Draft{Kind: "state_body", Name: i18n.Text{RU: "Управление"}, PlaceID: place.ID})
	if err != nil {
		return err
	}
	g.lead = access.Actor{UserID: 2, Grants: []access.Grant{{Role: access.Lead, Scope: body.ID}}}
	today := g.Forums.Today()
	plan := forums.Plan{Title: text, Theme: text, PlaceID: place.ID, OrganizerID: body.ID, From: today.AddDays(1), Until: today.AddDays(1), RegistrationOpens: today, RegistrationCloses: today}
	if g.forum, err = g.Forums.Create(ctx, g.lead, forums.NewForum{Plan: plan}); err != nil {
		return err
	}
	if g.forum, err = g.Forums.Announce(ctx, g.lead, g.forum.ID); err != nil {
		return err
	}
	return g.Forums.SetQuota(ctx, g.lead, g.forum.ID, forums.Everybody, int64(g.out.People/2))
}

// together runs f for 0 to n-1, so many at once, and gives the first failure.
func together(n, at int, f func(i int) error) error {
	var wait sync.WaitGroup
	work, failed := make(chan int), make(chan error, n)
	for range at {
		wait.Go(func() {
			for i := range work {
				failed <- f(i)
			}
		})
	}
	for i := range n {
		work <- i
	}
	close(work)
	wait.Wait()
	close(failed)
	for err := range failed {
		if err != nil {
			return err
		}
	}
	return nil
}

// register has everybody register at once.
func (g *gate) register(ctx context.Context) error {
	began := time.Now()
	err := together(g.out.People, rush, func(i int) error {
		return g.Forums.Register(ctx, access.Actor{}, g.forum.ID, forums.NewRegistration{Kind: "ngo", PlaceID: g.forum.PlaceID, Consent: true,
			Private: forums.Private{Name: fmt.Sprint("Қатысушы ", i), Email: fmt.Sprintf("p%d@example.kz", i), Lang: i18n.KK}})
	})
	g.out.Registering = time.Since(began)
	return err
}

// answer admits everybody: half of them wait, and nobody is lost.
func (g *gate) answer(ctx context.Context) error {
	p, err := g.Forums.People(ctx, g.lead, g.forum.ID)
	if err != nil {
		return err
	}
	if len(p.List) != g.out.People {
		return fmt.Errorf("%d registered, %d are there", g.out.People, len(p.List))
	}
	var ids []ref.ID
	for _, x := range p.List {
		ids = append(ids, x.ID)
	}
	began := time.Now()
	if err := g.Forums.Answer(ctx, g.lead, g.forum.ID, ids, true); err != nil {
		return err
	}
	g.out.Answering = time.Since(began)
	if p, err = g.Forums.People(ctx, g.lead, g.forum.ID); err != nil {
		return err
	}
	for _, x := range p.List {
		if x.State == forums.Admitted {
			g.codes = append(g.codes, x.Code)
		}
	}
	if len(g.codes) != g.out.People/2 || p.Balances[0].Taken != int64(len(g.codes)) {
		return fmt.Errorf("%d have a seat of %d", len(g.codes), g.out.People/2)
	}
	return nil
}

func (g *gate) openDevices(ctx context.Context) error {
	g.clock = g.clock.Add(24 * time.Hour)
	for i := range g.out.Devices {
		_, link, err := g.Forums.AddDevice(ctx, g.lead, g.forum.ID, fmt.Sprint("Кіреберіс ", i+1))
		if err != nil {
			return err
		}
		_, key, err := g.Forums.OpenDevice(ctx, link)
		if err != nil {
			return err
		}
		g.keys = append(g.keys, key)
	}
	return nil
}

// merge has all devices bring at once what they have read: badges of everybody, most
// of them read by several devices.
func (g *gate) merge(context.Context) error {
	each, rnd := g.out.Scans/g.out.Devices, rand.New(rand.NewPCG(1, 2))
	var bodies [][][]byte
	next := 0
	for range g.out.Devices {
		var parts [][]byte
		for from := 0; from < each; from += doorPart {
			var scans []map[string]any
			for i := from; i < min(each, from+doorPart); i++ {
				code := g.codes[rnd.IntN(len(g.codes))]
				if next < len(g.codes) {
					code = g.codes[next]
					next++
				}
				scans = append(scans, map[string]any{"seq": i + 1, "at": g.clock.UnixMilli(), "session": "", "code": code})
			}
			body, err := json.Marshal(map[string]any{"now": g.clock.UnixMilli(), "scans": scans})
			if err != nil {
				return err
			}
			parts = append(parts, body)
		}
		bodies = append(bodies, parts)
	}
	began := time.Now()
	err := together(g.out.Devices, g.out.Devices, func(i int) error {
		for _, body := range bodies[i] {
			q := httptest.NewRequest(http.MethodPost, "/api/v1/door", bytes.NewReader(body))
			q.Header.Set("Authorization", "Bearer "+g.keys[i])
			q.Header.Set("Content-Type", "application/json")
			w := httptest.NewRecorder()
			if g.Server.ServeHTTP(w, q); w.Code != http.StatusOK {
				return fmt.Errorf("the door answers %d: %s", w.Code, w.Body)
			}
		}
		return nil
	})
	g.out.Merging = time.Since(began)
	return err
}

// proveAll proves that every scan is there and everybody is counted once.
func (g *gate) proveAll(ctx context.Context) error {
	at, err := g.Forums.Door(ctx, g.lead, g.forum.ID)
	if err != nil {
		return err
	}
	var brought int64
	for _, d := range at.Devices {
		brought += d.Brought
	}
	g.out.Came = at.Came
	if brought != int64(g.out.Scans) || at.Came != int64(min(len(g.codes), g.out.Scans)) {
		return fmt.Errorf("%d scans of %d, %d people of %d", brought, g.out.Scans, at.Came, len(g.codes))
	}
	return nil
}
