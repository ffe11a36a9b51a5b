package figures

import "testing"

func TestKazakhEndings(t *testing.T) {
	for n, want := range map[int64]string{
		1: "ден", 6: "дан", 15: "тен", 20: "дан", 80: "нен", 300: "ден", 2500: "ден",
		15000: "нан", 7_000_000: "нан", 1_000_000_000: "тан",
	} {
		if got := endingOf(n); got != want {
			t.Errorf("%d-%s астам, want -%s", n, got, want)
		}
	}
}
