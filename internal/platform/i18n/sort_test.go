package i18n

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// The Kazakh alphabet in its order (CLDR).
const kazakh = "а ә б в г ғ д е ё ж з и й к қ л м н ң о ө п р с т у ұ ү ф х һ ц ч ш щ ъ ы і ь э ю я"

func TestSortKeyFollowsTheKazakhAlphabet(t *testing.T) {
	want := strings.Fields(kazakh)
	got := slices.Clone(want)
	slices.Sort(got) // by code points, which is wrong
	if slices.Equal(got, want) {
		t.Fatal("code points already sort the alphabet")
	}
	slices.SortFunc(got, func(a, b string) int { return bytes.Compare(SortKey(KK, a), SortKey(KK, b)) })
	if !slices.Equal(got, want) {
		t.Errorf("sorted %v", got)
	}
}

func TestSortKeyOfNames(t *testing.T) {
	for _, c := range []struct {
		lang Lang
		want []string
	}{
		{KK, []string{"Абай", "Ақмола", "Ақтөбе", "Әйтеке би", "Бөкей ордасы", "Ойыл", "Өскемен", "Ұлытау", "Шалқар", "Ырғыз", "Іле"}},
		{RU, []string{"Елек", "Ёлка", "Жана", "Яик"}},
		{EN, []string{"Abai", "almaty", "Zhetisu"}},
	} {
		got := slices.Clone(c.want)
		slices.Reverse(got)
		slices.SortFunc(got, func(a, b string) int { return bytes.Compare(SortKey(c.lang, a), SortKey(c.lang, b)) })
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.lang, got, c.want)
		}
	}
}
