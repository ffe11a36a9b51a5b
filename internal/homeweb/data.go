package homeweb

import (
	"net/http"
	"path"
	"slices"
	"strings"

	"birge/internal/platform/ui"
	"birge/internal/platform/web"
)

// dataset is one list of the portal that everybody can take along.
type dataset struct {
	title string
	page  string // the list itself, where filters are set
	files []ui.Download
	api   []string // addresses for programs; {id} stands for a part
}

// data shows everything that can be taken from the portal as data. It is read
// from the doors of the portal, so that no list is forgotten.
func (h *Home) data(w http.ResponseWriter, r *http.Request) error {
	p := ui.PageOf(r, web.Words(r).T("ui.open_data"))
	p.Description = p.T("data.lead")
	return web.Render(w, r, http.StatusOK, framed(p, dataPage(p, datasets(p, h.Doors()))))
}

// datasets gathers the public doors that give data, by list.
func datasets(p ui.Page, doors []string) (out []dataset) {
	of := func(name string) *dataset {
		i := slices.IndexFunc(out, func(d dataset) bool { return d.page == "/"+name })
		if i < 0 {
			i = len(out)
			out = append(out, dataset{title: p.T("data.set." + name), page: "/" + name})
		}
		return &out[i]
	}
	for _, door := range doors {
		address, public := strings.CutSuffix(door, " · public")
		address, get := strings.CutPrefix(address, "GET ")
		if !public || !get {
			continue
		}
		if rest, ok := strings.CutPrefix(address, "/api/v1/"); ok {
			name, _, _ := strings.Cut(rest, "/")
			name = strings.TrimSuffix(name, path.Ext(name))
			d := of(name)
			d.api = append(d.api, address)
		} else if rest, ok := strings.CutPrefix(address, "/{lang}/"); ok && path.Ext(rest) != "" && !strings.ContainsAny(rest, "/{") {
			ext := path.Ext(rest)
			d := of(strings.TrimSuffix(rest, ext))
			d.files = append(d.files, ui.Download{Format: format(ext), Href: p.URL("/" + rest)})
		}
	}
	slices.SortFunc(out, func(a, b dataset) int { return strings.Compare(a.page, b.page) })
	return out
}

// format is how people call the files with an ending.
func format(ext string) string {
	switch ext {
	case ".atom":
		return "Atom"
	case ".ics":
		return "iCalendar"
	}
	return strings.ToUpper(ext[1:])
}
