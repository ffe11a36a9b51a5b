package places

import (
	"slices"
	"strings"
	"testing"

	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

func TestReadNameOfClassifier(t *testing.T) {
	for _, c := range []struct {
		in         string
		signs      []sign
		full, bare string
		kind       Kind
	}{
		{"Ақмола облысы", signsKK, "Ақмола облысы", "Ақмола", Region},
		{"область Абай", signsRU, "область Абай", "Абай", Region},
		{"Кокшетау г.а.", signsRU, "город Кокшетау", "Кокшетау", City},
		{"Көкшетау қ.ә.", signsKK, "Көкшетау қаласы", "Көкшетау", City},
		{"г.Кокшетау", signsRU, "город Кокшетау", "Кокшетау", City},
		{"с.Красный Яр", signsRU, "село Красный Яр", "Красный Яр", Village},
		{"Красный Яр а.", signsKK, "Красный Яр ауылы", "Красный Яр", Village},
		{"Красноярский с.о.", signsRU, "Красноярский сельский округ", "Красноярский", RuralDistrict},
		{"Красный Яр а.о.", signsKK, "Красный Яр ауылдық округі", "Красный Яр", RuralDistrict},
		{"район Биржан сал", signsRU, "район Биржан сал", "Биржан сал", District},
		{"Аккольский район", signsRU, "Аккольский район", "Аккольский", District},
		{"п.Станционный", signsRU, "посёлок Станционный", "Станционный", Town},
		{"Акшабай", signsRU, "Акшабай", "Акшабай", ""},
	} {
		full, bare, kind := readName(c.in, c.signs)
		if full != c.full || bare != c.bare || kind != c.kind {
			t.Errorf("%s: %q %q %q", c.in, full, bare, kind)
		}
	}
}

func TestRowsTellTheirKind(t *testing.T) {
	for _, c := range []struct {
		code, ru string
		parent   Kind
		kind     Kind
		rural    bool
	}{
		{"110000000", "Акмолинская область", "", Region, false},
		{"710000000", "г.Астана", "", City, false},
		{"111000000", "Кокшетау г.а.", Region, City, false},
		{"111010000", "г.Кокшетау", City, Town, false},
		{"113200000", "Аккольский район", Region, District, true},
		{"711110000", "район Есиль", City, District, false},
		{"113220100", "г.Акколь", District, Town, false},
		{"113230000", "Что-то без слова", District, RuralDistrict, true},
		{"113230101", "Тоже без слова", RuralDistrict, Village, true},
	} {
		_, kind := Row{Code: c.code, Name: i18n.Text{RU: c.ru}}.read(c.parent)
		if kind != c.kind || isRural(kind, c.parent) != c.rural {
			t.Errorf("%s: %s, rural %v", c.ru, kind, isRural(kind, c.parent))
		}
	}
}

func TestAround(t *testing.T) {
	for code, want := range map[string]string{
		"110000000": "",
		"111000000": "110000000",
		"111010000": "111000000 110000000",
		"101033102": "101033000 101000000 100000000",
	} {
		if got := strings.Join(around(code), " "); got != want && !strings.HasPrefix(got, want) {
			t.Errorf("%s lies in %q, want %q", code, got, want)
		}
	}
}

func TestNewPlaceCheck(t *testing.T) {
	region := &Place{ID: 1, KATO: "150000000", Kind: Region}
	sample := &Place{ID: 2, KATO: "990000000", Kind: Region, Sample: true}
	name := i18n.Text{KK: "Ойыл"}
	for _, c := range []struct {
		n      NewPlace
		around *Place
		field  string
	}{
		{NewPlace{Kind: District, Name: name}, region, ""},
		{NewPlace{Kind: District, Name: name, KATO: "991000000"}, sample, ""},
		{NewPlace{Kind: District, Name: name}, nil, "parent"},
		{NewPlace{Kind: Region, Name: name}, region, "parent"},
		{NewPlace{Kind: "moon", Name: name}, region, "kind"},
		{NewPlace{Kind: District}, region, "name"},
		{NewPlace{Kind: District, Name: name, KATO: "15500"}, region, "kato"},
		{NewPlace{Kind: District, Name: name, KATO: "991000000"}, region, "kato"},
		{NewPlace{Kind: District, Name: name, KATO: "155200000"}, sample, "kato"},
	} {
		p := problem.As(c.n.check(c.around))
		if c.field == "" && p != nil {
			t.Errorf("%+v: %v", c.n, p)
		}
		if c.field != "" && (p == nil || p.Fields[c.field].Key == "") {
			t.Errorf("%+v: %v, want a fault of %s", c.n, p, c.field)
		}
	}
}

func TestTree(t *testing.T) {
	text := func(kk, ru string) i18n.Text { return i18n.Text{KK: kk, RU: ru} }
	tree := newTree([]Place{
		{ID: 1, KATO: "150000000", Kind: Region, Name: text("Ақтөбе облысы", "Актюбинская область")},
		{ID: 2, KATO: "151000000", ParentID: 1, Kind: City, Name: text("Ақтөбе қаласы", "город Актобе")},
		{ID: 3, KATO: "155200000", Former: []string{"266600000"}, ParentID: 1, Kind: District, Name: text("Ойыл ауданы", "Уилский район")},
		{ID: 4, ParentID: 3, Kind: Village, Name: text("Ойыл ауылы", "село Уил")},
		{ID: 5, KATO: "750000000", Kind: City, Name: text("Алматы қаласы", "город Алматы")},
		{ID: 6, KATO: "190000000", Kind: Region, Name: text("Алматы облысы", "Алматинская область")},
		{ID: 7, KATO: "999900000", ReplacedBy: 3, Kind: District, ParentID: 1, Until: dateOf(2024), Name: text("Ескі ауданы", "Старый район")},
	})
	for _, c := range []struct {
		name   string
		within ref.ID
		want   ref.ID
	}{
		{"Ақтөбе облысы", 0, 1}, {"актюбинская область", 0, 1}, {"г. Актобе", 0, 2}, {"Актобе", 0, 2},
		{"Ақтөбе", 1, 2}, {"Уилский район", 1, 3}, {"Уил", 0, 4}, {"с.Уил", 0, 4}, {"Ойыл", 0, 3},
		{"Алматы", 0, 0}, {"Алматы қаласы", 0, 5}, {"Уилский район", 5, 0}, {"Старый район", 0, 0}, {"Нигде", 0, 0}, {"", 0, 0},
	} {
		p, ok := tree.Find(c.name, c.within)
		if p.ID != c.want || ok != (c.want != 0) {
			t.Errorf("Find(%q, %d) = %d %v, want %d", c.name, c.within, p.ID, ok, c.want)
		}
	}
	if got := tree.Path(4); !slices.Equal(got, []ref.ID{4, 3, 1}) {
		t.Errorf("path %v", got)
	}
	for code, want := range map[string]ref.ID{"155200000": 3, "266600000": 3, "999900000": 3, "123456789": 0} {
		if p, _ := tree.ByCode(code); p.ID != want {
			t.Errorf("%s leads to %d, want %d", code, p.ID, want)
		}
	}
	if !tree.Within(4, 0) || !tree.Within(4, 1) || tree.Within(4, 5) {
		t.Error("Within")
	}
	if got := len(tree.Children(1)); got != 2 {
		t.Errorf("%d children, want those of today, 2", got)
	}
}

// Whatever stands in a row, its kind is known and its code can be taken apart.
func FuzzRow(f *testing.F) {
	f.Add("110000000", "Ақмола облысы", "")
	f.Add("1.1.1 000000.0", "Көкшетау Қ.Ә.", "Кокшетау Г.А.")
	f.Add("'993230100", "", "п.")
	f.Fuzz(func(t *testing.T, code, kk, ru string) {
		r := Row{Code: readCode(code), Name: i18n.Text{KK: kk, RU: ru}}
		if !IsCode(r.Code) {
			return
		}
		if name, kind := r.read(""); kind == "" || name.IsZero() && !r.Name.IsZero() {
			t.Errorf("%+v is a %q called %+v", r, kind, name)
		}
		for _, wide := range around(r.Code) {
			if !IsCode(wide) || widthOf(wide) >= widthOf(r.Code) {
				t.Errorf("%s stands around %s", wide, r.Code)
			}
		}
	})
}
