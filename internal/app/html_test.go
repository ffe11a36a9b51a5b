package app_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"birge/internal/birgetest"
	"birge/internal/platform/i18n"

	"github.com/andybalholm/brotli"
	"golang.org/x/net/html"
)

// HTMLValidate is the environment variable that names the program html-validate.
const HTMLValidate = "BIRGE_TEST_HTMLVALIDATE"

// rules are what html-validate recommends, without what is a matter of taste.
const rules = `{"root": true, "extends": ["html-validate:recommended"], "rules": {
	"long-title": "off", "void-style": "off", "attribute-boolean-style": "off", "attribute-empty-style": "off",
	"no-trailing-whitespace": "off", "doctype-style": "off", "no-raw-characters": "off",
	"no-redundant-for": "off", "form-dup-name": "off", "aria-label-misuse": ["error", {"allowAnyNamable": true}]}}`

// Every page of the sample is valid HTML in three languages.
func TestPagesAreValid(t *testing.T) {
	program := os.Getenv(HTMLValidate)
	if program == "" {
		t.Skip(HTMLValidate + " names no program")
	}
	s := birgetest.StartSample(t)
	dir, addresses := t.TempDir(), map[string]string{}
	for _, l := range i18n.Langs {
		for _, p := range s.Pages(l) {
			name := fmt.Sprintf("%03d.html", len(addresses))
			addresses[name] = p.Address
			write(t, filepath.Join(dir, name), s.Reader(p.Reader).Get(p.Address).Body)
		}
	}
	write(t, filepath.Join(dir, ".htmlvalidate.json"), rules)
	report := filepath.Join(t.TempDir(), "report.json")
	out, err := exec.CommandContext(t.Context(), program, "--formatter=json="+report, "--ext=html", dir).CombinedOutput()
	if _, failed := errors.AsType[*exec.ExitError](err); err != nil && !failed {
		t.Fatal(err)
	}
	list, err := os.ReadFile(report)
	if err != nil {
		t.Fatalf("%v: %.500s", err, out)
	}
	var found []struct {
		FilePath string
		Messages []struct {
			RuleID, Message, Selector string
			Line, Column              int
		}
	}
	if err := json.Unmarshal(list, &found); err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		for _, m := range f.Messages {
			t.Errorf("%s:%d:%d %s: %s (%s)", addresses[filepath.Base(f.FilePath)], m.Line, m.Column, m.RuleID, m.Message, m.Selector)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

const (
	maxWeight   = 60 << 10 // bytes, compressed, with everything that is loaded at once
	maxRequests = 3
)

// Every public page weighs little and can be read after few requests.
func TestPagesAreLight(t *testing.T) {
	s := birgetest.StartSample(t)
	stranger := s.Stranger().With("Accept-Encoding", "br")
	asset := map[string]int{}
	for _, p := range s.Pages(i18n.KK) {
		if p.Gate != "public" {
			continue
		}
		a := stranger.Get(p.Address)
		weight := len(a.Body)
		parts := loadedAtOnce(t, unpacked(t, a))
		for _, part := range parts {
			if asset[part] == 0 {
				got := stranger.Get(part)
				if got.Status != http.StatusOK {
					t.Errorf("%s loads %s, which answers %d", p, part, got.Status)
				}
				asset[part] = len(got.Body)
			}
			weight += asset[part]
		}
		if weight > maxWeight || 1+len(parts) > maxRequests {
			t.Errorf("%s weighs %d bytes in %d requests: %v", p, weight, 1+len(parts), parts)
		}
	}
}

func unpacked(t *testing.T, a birgetest.Answer) string {
	t.Helper()
	if a.Header.Get("Content-Encoding") != "br" {
		return a.Body
	}
	b, err := io.ReadAll(brotli.NewReader(bytes.NewReader([]byte(a.Body))))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// loadedAtOnce lists what a browser loads before a page can be read: styles,
// scripts, and pictures that do not wait until they are near.
func loadedAtOnce(t *testing.T, body string) (parts []string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		at := map[string]string{}
		for _, a := range n.Attr {
			at[a.Key] = a.Val
		}
		switch {
		case n.Data == "link" && at["rel"] == "stylesheet":
			parts = append(parts, at["href"])
		case n.Data == "script" && at["src"] != "", n.Data == "img" && at["loading"] != "lazy":
			parts = append(parts, at["src"])
		}
	}
	return parts
}
