package places

import (
	"slices"
	"strings"

	"birge/internal/platform/i18n"
)

// Row is one line of the official KATO table.
type Row struct {
	Line   int // of the table, 1 is the first
	Code   string
	Parent string // the code of the place around it, "" when the table has no such column
	Name   i18n.Text
}

// headings are the names under which tables have the columns that are read.
var headings = map[string][]string{
	"code":   {"te", "code", "kato", "код", "kato_code", "id_kato", "КАТО коды"},
	"parent": {"parent", "parent_code", "parent_kato", "region_kato"},
	"kk":     {"name_kaz", "name_kk", "kaz_name", "kk", "kazname", "атауы"},
	"ru":     {"name_rus", "name_ru", "rus_name", "ru", "rusname", "name", "наименование"},
	"en":     {"name_en", "en", "eng_name"},
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
