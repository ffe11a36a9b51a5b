package homeweb

import (
	"bytes"
	"embed"
	"fmt"
	"net/http"
	"strings"

	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ui"
	"birge/internal/platform/web"

	"github.com/yuin/goldmark"
)

// articles are pages/NAME.LANG.md; the first line is the title.
//
//go:embed pages/*.md
var articles embed.FS

// article is a text of the portal's own, already turned into HTML.
type article struct {
	name, title, html string
	text              string // as it was written, for the search
}

// topics lists the help pages in their order; each is pages/help-TOPIC.LANG.md.
var topics = []string{"find", "story", "follow", "figures", "correct", "topics", "lead", "apply", "judge", "officer", "call", "forum", "hall", "resolution", "exhibition", "awards", "import", "history"}

type library map[i18n.Lang]map[string]article

func readLibrary() (library, error) {
	lib := library{}
	for _, l := range i18n.Langs {
		lib[l] = map[string]article{}
		for _, name := range articleNames() {
			a, err := readArticle(l, name)
			if err != nil {
				return nil, err
			}
			lib[l][name] = a
		}
	}
	return lib, nil
}

func articleNames() []string {
	names := []string{"about", "privacy"}
	for _, t := range topics {
		names = append(names, "help-"+t)
	}
	return names
}

// readArticle turns one Markdown file into HTML. Goldmark leaves raw HTML out,
// and links that start with / get the language in front.
func readArticle(l i18n.Lang, name string) (article, error) {
	b, err := articles.ReadFile("pages/" + name + "." + string(l) + ".md")
	if err != nil {
		return article{}, fmt.Errorf("homeweb: %w", err)
	}
	first, rest, _ := strings.Cut(string(b), "\n")
	rest = strings.ReplaceAll(rest, "](/", "]("+"/"+string(l)+"/")
	var out bytes.Buffer
	if err := goldmark.Convert([]byte(rest), &out); err != nil {
		return article{}, fmt.Errorf("homeweb: %s: %w", name, err)
	}
	return article{name, strings.TrimSpace(strings.TrimPrefix(first, "#")), out.String(), rest}, nil
}

func (h *Home) article(name string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		a := h.library[web.Lang(r)][name]
		p := ui.PageOf(r, a.title)
		return web.Render(w, r, http.StatusOK, framed(p, articlePage(p, a)))
	}
}

func (h *Home) help(w http.ResponseWriter, r *http.Request) error {
	p := ui.PageOf(r, web.Words(r).T("home.help"))
	var list []article
	for _, t := range topics {
		list = append(list, h.library[web.Lang(r)]["help-"+t])
	}
	return web.Render(w, r, http.StatusOK, framed(p, helpPage(p, list)))
}

func (h *Home) helpTopic(w http.ResponseWriter, r *http.Request) error {
	a, ok := h.library[web.Lang(r)]["help-"+r.PathValue("topic")]
	if !ok {
		return problem.New(problem.NotFound, "problem.not_found")
	}
	p := ui.PageOf(r, a.title)
	p.Crumbs = []ui.Crumb{{Title: web.Words(r).T("home.help"), Path: "/help"}}
	return web.Render(w, r, http.StatusOK, framed(p, articlePage(p, a)))
}
