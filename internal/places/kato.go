package places

import (
	"iter"
	"slices"
	"strings"

	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
)

// Row is one line of the official KATO table.
type Row struct {
	Line   int // of the table, 1 is the first
	Code   string
	Parent string // the code of the place around it, "" when the table has no such column
	Name   i18n.Text
}

// Fault is a line that was not taken, and why.
type Fault struct {
	Line int
	Key  string // message key
	Args []any
}

// headings are the names under which tables have the columns that are read.
var headings = map[string][]string{
	"code":   {"te", "code", "kato", "код", "kato_code", "id_kato"},
	"parent": {"parent", "parent_code", "parent_kato", "region_kato"},
	"kk":     {"name_kaz", "name_kk", "kaz_name", "kk", "kazname", "атауы"},
	"ru":     {"name_rus", "name_ru", "rus_name", "ru", "rusname", "name", "наименование"},
	"en":     {"name_en", "en", "eng_name"},
}

// ReadKATO reads the official table, as it is published (te, ab, cd, ef, hij, k,
// name_kaz, name_rus, nn) or as code, name and parent; the columns may stand in
// any order, and lines above the headings are passed over. A table without a
// column of codes is an Invalid problem; a faulty line becomes a Fault.
func ReadKATO(table iter.Seq[[]string]) ([]Row, []Fault, error) {
	var rows []Row
	var faults []Fault
	var at map[string]int
	seen := map[string]int{}
	line := 0
	for cells := range table {
		line++
		if at == nil {
			at = columnsOf(cells)
			continue
		}
		row, fault := readRow(line, cells, at)
		if first, again := seen[row.Code]; again && fault == nil {
			fault = &Fault{line, "places.kato_twice", []any{"line", first}}
		}
		switch {
		case fault != nil:
			faults = append(faults, *fault)
		case row.Code != "":
			seen[row.Code] = line
			rows = append(rows, row)
		}
	}
	if at == nil {
		return nil, nil, problem.New(problem.Invalid, "places.kato_columns")
	}
	return rows, faults, nil
}

// columnsOf finds the columns by their headings; nil when cells are no headings.
func columnsOf(cells []string) map[string]int {
	at := map[string]int{}
	for i, c := range cells {
		c = strings.ToLower(strings.Trim(strings.TrimSpace(c), "\ufeff"))
		for what, names := range headings {
			if _, ok := at[what]; !ok && slices.Contains(names, c) {
				at[what] = i
			}
		}
	}
	_, code := at["code"]
	_, kk := at["kk"]
	_, ru := at["ru"]
	if !code || !kk && !ru {
		return nil
	}
	return at
}

func readRow(line int, cells []string, at map[string]int) (Row, *Fault) {
	cell := func(what string) string {
		if i, ok := at[what]; ok && i < len(cells) {
			return strings.TrimSpace(cells[i])
		}
		return ""
	}
	row := Row{Line: line, Code: readCode(cell("code")), Parent: readCode(cell("parent")),
		Name: i18n.Text{KK: cell("kk"), RU: cell("ru"), EN: cell("en")}}
	switch {
	case row.Code == "" && row.Name.IsZero():
		return Row{}, nil // an empty line
	case !IsCode(row.Code):
		return row, &Fault{line, "places.kato_form_of", []any{"code", cell("code")}}
	case row.Name.IsZero():
		return row, &Fault{line, "places.kato_no_name", []any{"code", row.Code}}
	case row.Parent != "" && !IsCode(row.Parent):
		row.Parent = "" // "0" and the like stand for the country
	}
	return row, nil
}

// readCode takes off what spreadsheets put on: "150000000.0", "15 00 00 000".
func readCode(s string) string {
	s = strings.TrimSuffix(s, ".0")
	return strings.NewReplacer(" ", "", "\u00a0", "", ".", "", "'", "").Replace(s)
}

// around lists the codes that may stand around a code, the nearest first: the
// last three digits count the village, the two before it the rural district,
// the two before that the district, the first two the region.
func around(code string) []string {
	var out []string
	for _, n := range []int{6, 4, 3, 2} {
		if up := code[:n] + strings.Repeat("0", 9-n); up != code && !slices.Contains(out, up) {
			out = append(out, up)
		}
	}
	return out
}

// kindByCode is the kind of a place whose name does not tell it.
func kindByCode(code string) Kind {
	switch {
	case strings.HasSuffix(code, "0000000"):
		return Region
	case strings.HasSuffix(code, "00000"):
		return District
	case strings.HasSuffix(code, "000"):
		return RuralDistrict
	}
	return Village
}

// read takes the names of a row apart: written in full, and the kind beside the
// kind of the place around it ("" at the top).
func (r Row) read(parent Kind) (i18n.Text, Kind) {
	kk, _, kindKK := readName(r.Name.KK, signsKK)
	ru, _, kindRU := readName(r.Name.RU, signsRU)
	kind := kindRU
	if kind == "" {
		kind = kindKK
	}
	if kind == "" {
		kind = kindByCode(r.Code)
	}
	if kind == City && parent != "" && parent != Region {
		kind = Town
	}
	return i18n.Text{KK: kk, RU: ru, EN: r.Name.EN}, kind
}
