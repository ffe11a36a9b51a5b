package figuresweb

import (
	"net/http"
	"strconv"
	"strings"

	"birge/internal/figures"
	"birge/internal/platform/table"
	"birge/internal/platform/web"
)

// published is a figure as open data has it.
type published struct {
	figures.Figure
	KATO   []string       `json:"kato"` // of the places; none is the country
	Source figures.Source `json:"source"`
}

func (p pages) publish(f figures.Cited) published {
	out := published{f.Figure, []string{}, f.Source}
	for _, id := range f.Places {
		if place, ok := p.places.Tree().Now(id); ok {
			out.KATO = append(out.KATO, place.Code())
		}
	}
	return out
}

func (p pages) listJSON(w http.ResponseWriter, r *http.Request) error {
	touch(r)
	fs, err := p.find(r.Context(), readWanted(r))
	if err != nil {
		return err
	}
	out := make([]published, len(fs))
	for i, f := range fs {
		out[i] = p.publish(f)
	}
	return web.JSON(w, r, out)
}

func (p pages) oneJSON(w http.ResponseWriter, r *http.Request) error {
	touch(r)
	f, err := p.load(r)
	if err != nil {
		return err
	}
	return web.JSON(w, r, p.publish(f))
}

var headings = []string{"id", "kato", "period", "indicator_kk", "indicator_ru", "indicator_en", "value", "unit", "qualifier",
	"change_percent", "definition", "scope", "publisher", "published", "source"}

func (p pages) listCSV(w http.ResponseWriter, r *http.Request) error {
	touch(r)
	fs, err := p.find(r.Context(), readWanted(r))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="figures.csv"`)
	out := table.NewCSV(w)
	if err := out.Header(headings); err != nil {
		return err
	}
	for _, f := range fs {
		if err := out.Row(p.cells(f)...); err != nil {
			return err
		}
	}
	return out.Close()
}

func (p pages) cells(f figures.Cited) []table.Cell {
	change := ""
	if f.Change != nil {
		change = strconv.FormatFloat(*f.Change, 'f', -1, 64)
	}
	source := f.Source.URL
	if source == "" {
		source = f.Source.Code
	}
	return []table.Cell{table.Text(f.ID.String()), table.Text(strings.Join(p.publish(f).KATO, "+")), table.Text(f.Period),
		table.Text(f.Indicator.KK), table.Text(f.Indicator.RU), table.Text(f.Indicator.EN), table.Decimal(f.Value), table.Text(f.Unit),
		table.Text(f.Qualifier), table.Text(change), table.Text(f.Definition), table.Text(f.Scope), table.Text(f.Source.Publisher),
		table.Date(f.Source.Published), table.Text(source)}
}
