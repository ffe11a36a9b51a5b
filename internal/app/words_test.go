package app_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"birge/internal/app/facts"
	"birge/internal/app/migrations"
	"birge/internal/platform/i18n"
)

// prefixes are the beginnings of keys whose last part the program puts on: the
// name of a status, of a role, of a kind. Every key that begins so counts as said.
var prefixes = []string{
	"panels.body_kind.", "panels.chair_decides.", "panels.choice.", "panels.duty.", "panels.letter.", "panels.majority.", "panels.meeting_stage.", "panels.paper.", "panels.quorum_from.", "panels.result.",
	"panels.blind_is.", "panels.drawn_is.", "panels.ground.", "panels.keep.", "panels.lang.", "panels.names.", "panels.purpose.", "panels.stage.",
	"awards.calendar.", "awards.filter.", "awards.kind.", "awards.nominee.", "awards.purpose.", "awards.state.", "awards.who.", "awards.whose.",
	"funding.call.calendar.", "funding.call.filter.", "funding.call.for.", "funding.call.order.", "funding.call.type.", "funding.data.", "funding.names.",
	"accounts.consent.", "accounts.keep.", "accounts.lang.", "accounts.letter.", "accounts.purpose.", "accounts.role.", "accounts.via.",
	"accounts.whose.", "act.", "data.set.", "desk.claim.", "desk.norms.", "desk.orgs.", "desk.panels.", "desk.projects.", "figures.lang.", "figures.topic.", "figures.unit.", "forums.change.", "forums.choice.", "forums.duty.", "forums.lang.", "forums.list.", "forums.manner.", "forums.manner_about.", "forums.outcome.", "forums.pack_is.", "forums.question_is.", "forums.need.", "forums.outcome.", "forums.registered.", "forums.said.", "forums.session_kind.", "forums.state.", "forums.what_room.", "forums.who.", "home.found.", "journal.about.", "imports.state.", "imports.tab.", "norms.list.", "norms.month.", "norms.unit.",
	"forums.help.", "forums.offer_is.", "forums.stand_is.", "desk.awards.", "desk.forums.", "forums.paper.",
	"norms.unit_name.", "norms.weekday.", "norms.what.", "obligations.form.", "obligations.ground.", "obligations.score.",
	"obligations.state.", "orgs.claim_is.", "orgs.decision.", "orgs.figure.", "orgs.filter.", "orgs.is.", "orgs.money.", "orgs.order.", "orgs.part.",
	"orgs.return.", "orgs.shown.", "orgs.source.", "orgs.subject.", "orgs.tie.", "orgs.tie_who.", "orgs.way.", "places.kind.", "projects.adding.", "projects.before.", "projects.came.", "projects.event.", "projects.filter.",
	"notices.keep.", "notices.letters.", "notices.purpose.", "notices.rhythm.", "notices.subject.", "notices.whose.",
	"projects.measure.", "projects.method.", "projects.order.", "projects.owed.", "projects.report.", "projects.rhythm.",
	"projects.status.", "projects.thread.", "projects.why.", "ui.tile.", "ui.written_in.", "accounts.status.", "accounts.scope.", "projects.amendment.", "projects.file.", "projects.notice.file.", "files.people_in.", "projects.row.", "rules.f.",
	"desk.funding.", "funding.agreement.", "funding.appeal.", "funding.application.", "funding.budget.before.", "funding.check.q.", "funding.decision.", "funding.turn.", "funding.f.", "funding.filter.", "funding.form.change.", "funding.form.files.", "funding.form.lang.", "funding.form.max.", "funding.form.min.", "funding.form.part.", "funding.form.type.", "funding.keep.", "funding.length.", "funding.letter.", "funding.like.is.", "funding.one_more.", "funding.phase.", "funding.purpose.", "funding.row.", "funding.sort.", "funding.step.", "funding.topic.answers.", "funding.topic.is.", "funding.topic.order.", "funding.topic.state.", "funding.verdict.", "funding.whose.", "funding.why.pot.",
	"resolutions.accept.", "resolutions.act.", "resolutions.advised.", "resolutions.column_of.", "resolutions.fate.", "resolutions.guest_letter.", "resolutions.guest_text.", "resolutions.fate_column.", "resolutions.amendment.", "resolutions.in.", "resolutions.motion.", "resolutions.voted.", "resolutions.column.", "resolutions.confirm.", "desk.resolutions.", "resolutions.kind.", "resolutions.lang.", "resolutions.phase.", "resolutions.letter.", "resolutions.letter_text.", "resolutions.outcome.", "resolutions.stage.", "resolutions.standing.", "resolutions.step.", "resolutions.translation.",
}

// speaking are the functions whose argument with that number is a key.
var speaking = map[string]int{"T": 0, "N": 0, "New": 1, "Wrap": 2, "Reject": 2, "SeeOther": 3}

// Every key that the program says has words, and every key with words is said
// somewhere.
func TestEveryKeyIsUsed(t *testing.T) {
	words := vocabulary(t)
	texts, said := literals(t)
	for key, at := range said {
		room, _, _ := strings.Cut(key, ".")
		speaks := slices.ContainsFunc(words.Keys(i18n.RU), func(k string) bool { return strings.HasPrefix(k, room+".") })
		if !speaks {
			continue // a room that has no pages yet
		}
		if !words.Has(i18n.RU, key) && !strings.HasSuffix(key, ".") && !strings.HasSuffix(key, "_") {
			t.Errorf("%s says %q, which has no words", at, key)
		}
	}
	for _, p := range prefixes {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(texts)), func(s string) bool { return strings.HasSuffix(s, ".") && strings.HasPrefix(p, s) }) {
			t.Errorf("no program puts anything after %q: take it off the list of prefixes", p)
		}
		if !slices.ContainsFunc(words.Keys(i18n.RU), func(key string) bool { return strings.HasPrefix(key, p) }) {
			t.Errorf("no key begins with %q: take it off the list of prefixes", p)
		}
	}
	for _, key := range words.Keys(i18n.RU) {
		built := slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(key, p) })
		if texts[key] == "" && !built {
			t.Errorf("nothing says %q: remove it, or name the prefix from which it is built", key)
		}
	}
}

// aWord is a run of letters of one word.
var aWord = regexp.MustCompile(`\p{L}+`)

// No word of the portal mixes Latin letters with Cyrillic ones that look the same:
// it would not be found by search, and be read aloud letter by letter.
func TestWordsKeepToOneAlphabet(t *testing.T) {
	words := vocabulary(t)
	for _, l := range i18n.Langs {
		for _, key := range words.Keys(l) {
			for _, sentence := range words.Forms(l, key) {
				mixes(t, string(l)+" "+key, sentence)
			}
		}
	}
	texts, _ := literals(t)
	for s, at := range texts {
		mixes(t, at, s)
	}
	for _, tables := range []fs.FS{facts.FS, migrations.FS} {
		must(t, fs.WalkDir(tables, ".", func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			b, err := fs.ReadFile(tables, path)
			mixes(t, path, string(b))
			return err
		}))
	}
}

// mixes reports the words of a text that have letters of both alphabets.
func mixes(t *testing.T, at, s string) {
	t.Helper()
	for _, word := range aWord.FindAllString(s, -1) {
		has := func(of *unicode.RangeTable) bool {
			return strings.ContainsFunc(word, func(r rune) bool { return unicode.Is(of, r) })
		}
		if has(unicode.Latin) && has(unicode.Cyrillic) {
			t.Errorf("%s: %q has Latin and Cyrillic letters", at, word)
		}
	}
}

// literals reads the texts of the program, tests left out, and those that are
// handed over as keys; each with a place where it stands.
func literals(t *testing.T) (texts, said map[string]string) {
	t.Helper()
	texts, said = map[string]string{}, map[string]string{}
	err := filepath.WalkDir("..", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				if s, ok := text(n); ok {
					texts[s] = set.Position(n.Pos()).String()
				}
			case *ast.Field:
				if n.Tag != nil {
					tag, _ := strconv.Unquote(n.Tag.Value)
					if _, rest, ok := strings.Cut(tag, `public:"`); ok {
						key, _, _ := strings.Cut(rest[:strings.IndexByte(rest, '"')], ",")
						texts[key], said[key] = path, path
					}
				}
			case *ast.CallExpr:
				if key, ok := keyOf(n); ok {
					said[key] = set.Position(n.Pos()).String()
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts, said
}

func text(n ast.Expr) (string, bool) {
	lit, ok := n.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

// keyOf is the key that a call hands over, when it is written out.
func keyOf(call *ast.CallExpr) (string, bool) {
	name := ""
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		name = f.Sel.Name
		if pkg, ok := f.X.(*ast.Ident); ok && (name == "New" || name == "Wrap") && pkg.Name != "problem" {
			return "", false
		}
	case *ast.Ident:
		name = f.Name
	}
	i, ok := speaking[name]
	if !ok || i >= len(call.Args) {
		return "", false
	}
	s, ok := text(call.Args[i])
	return s, ok && strings.Contains(s, ".")
}
