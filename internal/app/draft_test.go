package app_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"birge/internal/app"
	"birge/internal/app/migrations"
	"birge/internal/funding"
	"birge/internal/orgs"
	"birge/internal/panels"
	"birge/internal/places"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/db/dbtest"
	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
	"birge/internal/projects"
)

// What a page showed as saved is in the draft after its server was killed.
func TestKilledWhileTyping(t *testing.T) {
	if os.Getenv(victim) != "" {
		typeUntilKilled(t)
		return
	}
	dbtest.EachAddress(t, migrations.FS, func(t *testing.T, address string) {
		data := t.TempDir()
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilledWhileTyping$", "-test.v")
		child.Env = append(os.Environ(), victim+"="+data, "BIRGE_DB="+address)
		out, err := child.StdoutPipe()
		must(t, err)
		must(t, child.Start())
		var draft, org ref.ID
		shown, n := map[string]int{}, 0 // the last version of each field that was shown as saved
		for lines := bufio.NewScanner(out); n < 200 && lines.Scan(); {
			var name string
			var version int
			if at, ok := strings.CutPrefix(lines.Text(), "draft "); ok {
				ids := strings.Fields(at)
				draft, _ = ref.ParseID(ids[0])
				org, _ = ref.ParseID(ids[1])
			} else if _, err := fmt.Sscanf(lines.Text(), "saved %s %d", &name, &version); err == nil {
				shown[name] = max(shown[name], version)
				n++
			}
		}
		must(t, child.Process.Kill())
		_ = child.Wait()
		if n < 200 {
			t.Fatalf("the child saved %d times only", n)
		}
		p, err := app.Open(t.Context(), app.Config{Data: data, DB: address, Zone: "Asia/Almaty"})
		must(t, err)
		w, err := p.Funding.Writing(t.Context(), typist(org), draft)
		must(t, err)
		for name, version := range shown {
			if got, _ := strconv.Atoi(w.Values.Get(name)); got < version {
				t.Errorf("%s was shown as saved with version %d and says %q", name, version, w.Values.Get(name))
			}
		}
		must(t, p.Close())
		run(t, 0, "verify", "--data", data, "--db", address)
	})
}

func typist(org ref.ID) access.Actor {
	return access.Actor{UserID: 1, Grants: []access.Grant{{Role: access.Lead, Scope: org}}}
}

// typeUntilKilled writes into the fields of one draft, each by a writer of its
// own, and tells what the answers showed as saved.
func typeUntilKilled(t *testing.T) {
	ctx := context.Background()
	p, err := app.Open(ctx, app.Config{Data: os.Getenv(victim), DB: os.Getenv("BIRGE_DB"), Zone: "Asia/Almaty", Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	must(t, p.Norms.LoadSeed(ctx))
	must(t, p.Norms.Reload(ctx))
	place, err := p.Places.Add(ctx, byTest, places.NewPlace{KATO: "990000000", Kind: places.Region, Name: i18n.Text{RU: "Учебная область"}})
	must(t, err)
	must(t, p.Places.Reload(ctx))
	enter := func(kind, bin string) ref.ID {
		o, err := p.Orgs.Create(ctx, access.Actor{UserID: 9, Grants: []access.Grant{{Role: access.Officer, Scope: place.ID}}},
			orgs.Draft{Kind: kind, Name: i18n.Text{RU: "Ұйым " + bin}, BIN: bin, PlaceID: place.ID})
		must(t, err)
		return o.ID
	}
	org, funder := enter("ngo", "150140000012"), enter("business", "230940123450")
	text := i18n.Text{KK: "Байқау", RU: "Конкурс"}
	now := time.Now()
	c, err := p.Funding.CreateCall(ctx, byTest, funding.NewCall{FunderID: funder, Terms: funding.Terms{Kind: projects.Business, PlaceID: place.ID, Title: text, About: text, Who: text, Contacts: text,
		Spheres: []string{"youth"}, Rounds: []funding.Round{{No: 1, Opens: db.At(now), Closes: db.At(now.Add(30 * 24 * time.Hour)), Sum: 1_000_000_00, Year: now.Year()}},
		MaxSum: 1_000_000_00, MaxMonths: 12, PerWork: 1, Names: panels.NamesAfter, Criteria: []panels.Criterion{{Code: "need", Name: text, Weight: 100, Max: 10}}}})
	must(t, err)
	_, err = p.Funding.PublishCall(ctx, byTest, c.ID, c.Version)
	must(t, err)
	d, err := p.Funding.Begin(ctx, typist(org), c.ID, org)
	must(t, err)
	fmt.Printf("draft %s %s\n", d.ID, org)
	for _, name := range []string{"need", "method", "risks", "lasting"} {
		go func() {
			was := ""
			for version := 1; ; version++ {
				typed := []string{strconv.Itoa(version)}
				saved, err := p.Funding.Write(ctx, typist(org), d.ID, []funding.Edit{{Name: name, Values: typed, Was: was}})
				if err == nil && saved.Marks[name] == funding.Mark(typed) {
					was = saved.Marks[name]
					fmt.Printf("saved %s %d\n", name, version)
				}
			}
		}()
	}
	select {} // until it is killed
}
