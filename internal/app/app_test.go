package app_test

import (
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"birge/internal/app"
	"birge/internal/birgetest"
	"birge/internal/platform/db/dbtest"
	"birge/internal/platform/i18n"

	"birge/internal/app/migrations"
)

var update = flag.Bool("update", false, "write the golden files anew")

// A new door must show in the diff.
func TestDoors(t *testing.T) {
	w := birgetest.Start(t, dbtest.SQLite(t, migrations.FS))
	got := strings.Join(w.Server.Doors(), "\n") + "\n"
	golden := filepath.Join("testdata", "doors.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the doors differ from %s: look at each new one, then run go test ./internal/app -run TestDoors -update\n%s", golden, difference(string(want), got))
	}
}

func difference(want, got string) string {
	var b strings.Builder
	old, now := strings.Split(want, "\n"), strings.Split(got, "\n")
	for _, l := range old {
		if !slices.Contains(now, l) {
			b.WriteString("- " + l + "\n")
		}
	}
	for _, l := range now {
		if !slices.Contains(old, l) {
			b.WriteString("+ " + l + "\n")
		}
	}
	return b.String()
}

// A stranger knocks at every door: what is not public sends to sign-in or says 401.
func TestStrangerKnocksEverywhere(t *testing.T) {
	birgetest.Each(t, func(t *testing.T, w *birgetest.World) {
		segment := regexp.MustCompile(`\{[^}]*\}`)
		for _, door := range w.Server.Doors() {
			pattern, gate, _ := strings.Cut(door, " · ")
			method, path, _ := strings.Cut(pattern, " ")
			path = segment.ReplaceAllString(strings.Replace(path, "{lang}", "ru", 1), "0000000000000")
			stranger := w.Stranger()
			var a birgetest.Answer
			if method == http.MethodGet {
				a = stranger.Get(path)
			} else {
				a = stranger.Post(path, nil)
			}
			switch {
			case a.Status >= http.StatusInternalServerError:
				t.Errorf("%s answers %d", door, a.Status)
			case gate != "public" && a.Status != http.StatusUnauthorized && a.Status != http.StatusSeeOther:
				t.Errorf("%s lets a stranger in: %d", door, a.Status)
			case strings.Contains(a.Body, "⟦"):
				t.Errorf("%s says a key without words: %s", door, regexp.MustCompile(`⟦[^⟧]*⟧`).FindString(a.Body))
			}
		}
	})
}

// Every key is said in three languages with the same places to fill in.
func TestWordsAreWhole(t *testing.T) {
	words := vocabulary(t)
	hole := regexp.MustCompile(`\{\w+\}`)
	for _, key := range words.Keys(i18n.RU) {
		want := holes(hole, words.Forms(i18n.RU, key))
		for _, l := range i18n.Langs {
			if !words.Has(l, key) {
				t.Errorf("%s has no words in %s", key, l)
				continue
			}
			for form, s := range words.Forms(l, key) {
				if strings.TrimSpace(s) == "" {
					t.Errorf("%s %s is empty in %s", key, form, l)
				}
			}
			if got := holes(hole, words.Forms(l, key)); !slices.Equal(got, want) {
				t.Errorf("%s fills in %v in %s and %v in ru", key, got, l, want)
			}
		}
	}
	for _, l := range i18n.Langs {
		for _, key := range words.Keys(l) {
			if !words.Has(i18n.RU, key) {
				t.Errorf("%s has words in %s only", key, l)
			}
		}
	}
}

func holes(hole *regexp.Regexp, forms map[string]string) []string {
	var all []string
	for _, s := range forms {
		all = append(all, hole.FindAllString(s, -1)...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func vocabulary(t *testing.T) *i18n.Words {
	t.Helper()
	words := i18n.NewWords()
	for _, v := range app.Vocabularies() {
		if err := words.Add(v); err != nil {
			t.Fatal(err)
		}
	}
	return words
}

func TestFolders(t *testing.T) {
	dir := t.TempDir()
	open := func(demo bool) error {
		p, err := app.Open(t.Context(), app.Config{Data: dir, Zone: "Asia/Almaty", Demo: demo})
		if err == nil {
			err = p.Close()
		}
		return err
	}
	if err := open(true); err != nil {
		t.Fatal(err)
	}
	if err := open(false); err == nil {
		t.Error("serve takes the folder of a demo")
	}
	if err := open(true); err != nil {
		t.Errorf("a second start of the demo fails: %v", err)
	}
}
