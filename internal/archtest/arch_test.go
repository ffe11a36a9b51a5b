// Package archtest keeps the picture of the house true: which floor stands on
// which, and which room may know which other room.
package archtest

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// arrows lists which rooms a room may import. Changing it is a decision with a
// reason in docs/adr. Every room but accounts may use accounts and places.
var arrows = map[string][]string{
	"accounts":    {},
	"places":      {},
	"norms":       {},
	"figures":     {},
	"obligations": {"norms"},
	"notices":     {"obligations"},
	"orgs":        {"norms", "obligations"},
	"panels":      {"norms", "obligations"},
	"projects":    {"orgs", "norms", "obligations"},
	"funding":     {"projects", "panels", "orgs", "norms", "obligations"},
	"forums":      {"panels", "orgs", "norms", "obligations"},
	"awards":      {"projects", "panels", "orgs", "norms"},
	"resolutions": {"forums", "panels", "orgs", "norms", "obligations"},
}

// platform lists the platform packages from left to right; each may import only
// what stands before it.
var platform = []string{"i18n", "ref", "problem", "access", "db", "db/dbtest", "todo", "keys", "journal", "jobs", "files", "mail", "search", "table", "imports", "pdf", "signatures", "rules", "forms", "web", "ui"}

const module = "birge/internal/"

func TestImportsGoDownward(t *testing.T) {
	for pkg, imports := range packages(t) {
		for _, imp := range imports {
			if why := forbidden(pkg, imp); why != "" {
				t.Errorf("%s imports %s: %s", pkg, imp, why)
			}
		}
	}
}

// forbidden says why pkg may not import imp; "" when it may.
func forbidden(pkg, imp string) string {
	room, isRoom := roomOf(pkg)
	to, toRoom := roomOf(imp)
	switch {
	case strings.HasPrefix(pkg, "platform/"):
		return platformArrow(strings.TrimPrefix(pkg, "platform/"), imp)
	case isRoom && !toRoom && !strings.HasPrefix(imp, "platform/"):
		return "a room knows only rooms below and the platform"
	case isRoom && toRoom && to != room:
		free := to == "accounts" || to == "places" && room != "accounts"
		if !free && !slices.Contains(arrows[room], to) {
			return "there is no such arrow between rooms"
		}
	case strings.HasSuffix(pkg, "web") && strings.HasSuffix(imp, "web") && !strings.HasPrefix(imp, "platform/"):
		return "no web room needs another"
	case strings.HasSuffix(pkg, "web") && imp == "app":
		return "the app stands above the rooms"
	}
	return ""
}

func roomOf(pkg string) (string, bool) {
	_, ok := arrows[pkg]
	return pkg, ok
}

func platformArrow(from, imp string) string {
	to, ok := strings.CutPrefix(imp, "platform/")
	if !ok {
		return "the platform knows nothing of the portal"
	}
	i, j := slices.Index(platform, from), slices.Index(platform, to)
	if i < 0 || j < 0 {
		return "a platform package that the list does not have"
	}
	if j >= i {
		return "inside the platform imports go only to the left"
	}
	return ""
}

// packages reads the imports of every package of the house, tests left out.
func packages(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	err := filepath.WalkDir("..", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(strings.TrimPrefix(filepath.Dir(path), "../"))
		for _, s := range f.Imports {
			p, _ := strconv.Unquote(s.Path.Value)
			if imp, ok := strings.CutPrefix(p, module); ok {
				out[pkg] = append(out[pkg], imp)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 5 {
		t.Fatalf("only %d packages found", len(out))
	}
	return out
}

func TestForbidden(t *testing.T) {
	for _, c := range []struct {
		pkg, imp string
		bad      bool
	}{
		{"projects", "orgs", false},
		{"orgs", "projects", true},
		{"orgs", "accounts", false},
		{"accounts", "places", true},
		{"projectsweb", "orgsweb", true},
		{"projectsweb", "orgs", false},
		{"projects", "projectsweb", true},
		{"platform/db", "platform/journal", true},
		{"platform/journal", "platform/db", false},
		{"platform/web", "projects", true},
	} {
		if got := forbidden(c.pkg, c.imp) != ""; got != c.bad {
			t.Errorf("%s imports %s: forbidden %v, want %v", c.pkg, c.imp, got, c.bad)
		}
	}
}
