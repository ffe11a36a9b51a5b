package funding

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"birge/internal/platform/ref"
)

const village = `Жители села Каменка ездят за помощью врача в районный центр за сорок километров, автобус ходит два раза в неделю.
	Мы откроем пункт телемедицины при библиотеке и обучим фельдшера работать с врачами областной больницы.`

func TestRepeats(t *testing.T) {
	kazakh := "Ауыл жастары үшін тегін бағдарламалау курсын ашып, мұғалімдерді оқытып, әр мектепке үш компьютер береміз"
	for name, c := range map[string]struct {
		text, older string
		least, most float64
		passages    int
	}{
		"the same":                {village, village, 1, 1, 1},
		"nothing":                 {village, kazakh, 0, 0, 0},
		"too short to tell":       {"Пункт телемедицины при библиотеке", village, 0, 0, 0},
		"other endings":           {"Жителям сел Каменка ездить за помощью врачей в районный центр", village, 0.6, 1, 1},
		"one sentence of three":   {"Совсем другое начало о танцах и песнях нашего дорогого края. " + strings.Split(village, "\n")[1] + " И совсем другой конец о танцах и песнях.", village, 0.3, 0.7, 1},
		"kazakh with its letters": {kazakh, "Біз ауыл жастары үшін тегін бағдарламалау курсын ашамыз. Кейін мұғалімдерді оқытып, әр мектепке үш компьютер береміз", 0.3, 0.8, 2},
	} {
		t.Run(name, func(t *testing.T) {
			share, passages := Repeats(c.text, c.older)
			if share < c.least || share > c.most || len(passages) != c.passages {
				t.Errorf("%.2f of it repeats in %d passages %v, want %.2f to %.2f in %d", share, len(passages), passages, c.least, c.most, c.passages)
			}
			for _, p := range passages {
				if p.From < 0 || p.To > len(c.text) || p.From >= p.To {
					t.Errorf("a passage lies outside: %v", p)
				}
			}
		})
	}
	_, passages := Repeats("Впервые! "+village, village)
	if got := ("Впервые! " + village)[passages[0].From:passages[0].To]; !strings.HasPrefix(got, "Жители села") || !strings.HasSuffix(got, "больницы") {
		t.Errorf("the passage is %q", got)
	}
}

func project(n int) ref.Ref { return ref.Ref{Kind: "project", ID: ref.ID(n)} }

func everything(ref.Ref, ref.ID) bool { return true }

func TestRadar(t *testing.T) {
	r := NewRadar(mostMarks)
	r.Put(project(1), 7, village)
	r.Put(project(2), 8, "Танцы и песни нашего края для детей всех школ района, концерт осенью в доме культуры")
	if found := r.Find(village, 5, everything); len(found) != 1 || found[0] != project(1) {
		t.Errorf("found %v", found)
	}
	if found := r.Find(village, 5, func(_ ref.Ref, org ref.ID) bool { return org != 7 }); len(found) != 0 {
		t.Errorf("found what is not allowed: %v", found)
	}
	r.Put(project(1), 7, "Теперь этот проект совсем о другом деле: посадка леса вдоль дороги и уход за ним")
	if found := r.Find(village, 5, everything); len(found) != 0 {
		t.Errorf("found by what it said before: %v", found)
	}
	r.Drop(project(2))
	if r.Texts() != 1 {
		t.Errorf("%d texts are known, want 1", r.Texts())
	}
}

// What is found does not depend on how often the marks were put in order.
func TestRadarAmongMany(t *testing.T) {
	r := NewRadar(mostMarks)
	random := rand.New(rand.NewPCG(1, 2))
	for n := range 3_000 {
		r.Put(project(n+10), 1, prose(random, 60))
		if n == 500 {
			r.Put(project(1), 7, village)
		}
		if n%7 == 0 {
			r.Drop(project(n + 3))
		}
	}
	if found := r.Find("Начало. "+village, 3, everything); len(found) != 1 || found[0] != project(1) {
		t.Errorf("found %v", found)
	}
}

func TestRadarForgetsTheOldest(t *testing.T) {
	r := NewRadar(2_000)
	random := rand.New(rand.NewPCG(3, 4))
	r.Put(project(1), 1, village)
	for n := range 500 {
		r.Put(project(n+10), 1, prose(random, 60))
	}
	if r.held > 2_000 || len(r.old) > 2_000+mostYoung {
		t.Errorf("%d marks are held in %d", r.held, len(r.old)+len(r.young))
	}
	if found := r.Find(village, 3, everything); len(found) != 0 {
		t.Errorf("the oldest is still found: %v", found)
	}
	last := prose(random, 60)
	r.Put(project(9), 1, last)
	if found := r.Find(last, 3, everything); len(found) != 1 {
		t.Errorf("the newest is not found: %v", found)
	}
}

// prose is so many words of a language that has 4,000.
func prose(random *rand.Rand, words int) string {
	var b strings.Builder
	for range words {
		fmt.Fprintf(&b, "сөз%d ", random.IntN(4_000))
	}
	return b.String()
}

// A text of a page among 50,000 of the size of a project.
func BenchmarkRadar(b *testing.B) {
	r := NewRadar(mostMarks)
	random := rand.New(rand.NewPCG(5, 6))
	for n := range 50_000 {
		r.Put(project(n+1), 1, prose(random, 120))
	}
	text := prose(random, 400)
	b.ResetTimer()
	for b.Loop() {
		r.Find(text, 5, everything)
	}
	b.ReportMetric(float64(r.held), "marks")
}
