package funding

import (
	"testing"

	"birge/internal/platform/i18n"
	"birge/internal/platform/ref"
)

func TestCost(t *testing.T) {
	for _, c := range []struct {
		quantity, price, want int64
		ok                    bool
	}{
		{1_000, 250_00, 250_00, true},
		{12_500, 100_000_00, 1_250_000_00, true},
		{1, 1_00, 0, true}, // a thousandth of a tenge is a tenth of a tiyn
		{5, 1_00, 1, true}, // half a tiyn counts up
		{0, 100, 0, true},
		{-1_000, 100, 0, true},
		{1_000, -100, 0, true},
		{9_000_000_000_000_000_000, 9_000_000_000_000_000_000, 0, false},
		{1_000_000_000, 1_000_000_000_00, mostMoney, false},
	} {
		got, ok := Cost(c.quantity, c.price)
		if ok != c.ok || ok && got != c.want {
			t.Errorf("%d at %d cost %d %v, want %d %v", c.quantity, c.price, got, ok, c.want, c.ok)
		}
	}
}

func ruText(s string) i18n.Text { return i18n.Text{RU: s} }

// line is a faultless line; change spoils it.
func line(id ref.ID, category string, quantity, price, own int64, change ...func(*BudgetLine)) BudgetLine {
	l := BudgetLine{ID: id, Category: category, Name: ruText("Аренда зала"), Unit: ruText("день"), Quantity: quantity * thousandth, Price: price, Own: own}
	for _, f := range change {
		f(&l)
	}
	l.Sum, _ = Cost(l.Quantity, l.Price)
	return l
}

func TestCheckBudget(t *testing.T) {
	norms := []BudgetNorm{
		{Category: "equipment", MaxShare: 30, Reason: ruText("Грант не для закупок")},
		{Category: "pay", MaxPrice: 200_000_00},
		{Category: "pay", MaxPrice: 5_000_00, Unit: ruText("Час")},
	}
	with := func(f func(*BudgetLine)) []BudgetLine { return []BudgetLine{line(1, "services", 2, 1_000_00, 0, f)} }
	for name, c := range map[string]struct {
		lines []BudgetLine
		own   int
		field string
		key   string
	}{
		"nothing":             {nil, 0, "lines", "funding.budget.empty"},
		"in order":            {[]BudgetLine{line(1, "services", 2, 1_000_00, 0)}, 0, "", ""},
		"quantity of zero":    {with(func(l *BudgetLine) { l.Quantity = 0 }), 0, "quantity", "funding.more_than_zero"},
		"quantity below zero": {with(func(l *BudgetLine) { l.Quantity = -1 }), 0, "quantity", "funding.more_than_zero"},
		"price of zero":       {with(func(l *BudgetLine) { l.Price = 0 }), 0, "price", "funding.more_than_zero"},
		"price below zero":    {with(func(l *BudgetLine) { l.Price = -5 }), 0, "price", "funding.more_than_zero"},
		"no name":             {with(func(l *BudgetLine) { l.Name = i18n.Text{} }), 0, "name", "form.required"},
		"no unit":             {with(func(l *BudgetLine) { l.Unit = i18n.Text{} }), 0, "unit", "form.required"},
		"no category":         {with(func(l *BudgetLine) { l.Category = "" }), 0, "category", "form.required"},
		"own below zero":      {with(func(l *BudgetLine) { l.Own = -1 }), 0, "own", "form.negative"},
		"own over the sum":    {with(func(l *BudgetLine) { l.Own = 2_000_01 }), 0, "own", "funding.budget.own_over_sum"},
		"all of it own":       {with(func(l *BudgetLine) { l.Own = 2_000_00 }), 0, "lines", "funding.budget.nothing_asked"},
		"beyond any budget":   {with(func(l *BudgetLine) { l.Price = mostMoney * 2 }), 0, "price", "funding.budget.beyond"},
		"own share too small": {with(func(l *BudgetLine) { l.Own = 199_99 }), 10, "lines", "funding.budget.own_share"},
		"own share as asked":  {with(func(l *BudgetLine) { l.Own = 200_00 }), 10, "", ""},
		"price over the norm": {[]BudgetLine{line(1, "pay", 1, 200_000_01, 0)}, 0, "reason", "funding.budget.price_over"},
		"price at the norm":   {[]BudgetLine{line(1, "pay", 1, 200_000_00, 0)}, 0, "", ""},
		"price with a reason": {[]BudgetLine{line(1, "pay", 1, 300_000_00, 0, func(l *BudgetLine) { l.Reason = ruText("Сурдопереводчик") })}, 0, "", ""},
		"share over the norm": {[]BudgetLine{line(1, "equipment", 1, 31_00, 0), line(2, "services", 1, 69_00, 0)}, 0, "category", "funding.budget.share_over"},
		"share at the norm":   {[]BudgetLine{line(1, "equipment", 1, 30_00, 0), line(2, "services", 1, 70_00, 0)}, 0, "", ""},
		"own money is no share": {[]BudgetLine{line(1, "equipment", 1, 60_00, 40_00), line(2, "services", 1, 80_00, 0)},
			0, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			bad := checkBudget(c.lines, norms, c.own)
			if c.field == "" {
				if len(bad) > 0 {
					t.Errorf("refused: %v", bad)
				}
				return
			}
			field := c.field
			if field != "lines" {
				field = rowOf("lines", 1) + field
			}
			if bad[field].Key != c.key {
				t.Errorf("%s is %q, want %q of %v", field, bad[field].Key, c.key, bad)
			}
		})
	}
}

// The unit of a norm is matched as people write it.
func TestPriceNormOfAUnit(t *testing.T) {
	norms := []BudgetNorm{{Category: "pay", MaxPrice: 5_000_00, Unit: ruText("Час")}}
	hour := line(1, "pay", 1, 6_000_00, 0, func(l *BudgetLine) { l.Unit = ruText("час") })
	month := line(1, "pay", 1, 6_000_00, 0, func(l *BudgetLine) { l.Unit = ruText("месяц") })
	if bad := checkBudget([]BudgetLine{hour}, norms, 0); len(bad) != 1 {
		t.Errorf("an hour over the norm gives %v", bad)
	}
	if bad := checkBudget([]BudgetLine{month}, norms, 0); len(bad) != 0 {
		t.Errorf("a month is judged by the hour: %v", bad)
	}
}

func TestCategories(t *testing.T) {
	got := Categories([]BudgetLine{line(1, "pay", 1, 30_00, 0), line(2, "rent", 1, 80_00, 10_00), line(3, "pay", 2, 10_00, 20_00)},
		[]BudgetNorm{{Category: "rent", MaxShare: 50}})
	if len(got) != 2 || got[0].Category != "rent" || got[0].Asked != 70_00 || got[0].Share != 70 || !got[0].Over() {
		t.Errorf("rent is %+v", got[0])
	}
	if got[1].Sum != 50_00 || got[1].Asked != 30_00 || got[1].Over() {
		t.Errorf("pay is %+v", got[1])
	}
}

func TestPrices(t *testing.T) {
	p := NewPrices()
	hall := func(price int64) []PastPrice { return []PastPrice{{"Аренда зала", "день", price}} }
	p.Put(1, hall(10_00))
	p.Put(2, hall(30_00))
	if _, ok := p.Of("аренда залов", "День", 0); ok {
		t.Error("two prices tell what a competitor wrote")
	}
	p.Put(3, hall(20_00))
	r, ok := p.Of("аренда залов", "День", 0)
	if !ok || r != (PriceRange{3, 10_00, 20_00, 30_00}) {
		t.Errorf("a hall cost %+v %v", r, ok)
	}
	if r.Stands(9_99) != "low" || r.Stands(30_00) != "usual" || r.Stands(30_01) != "high" {
		t.Error("a price stands where it does not")
	}
	if _, ok := p.Of("аренда зала", "день", 2); ok {
		t.Error("a draft is compared with itself")
	}
	p.Put(3, hall(50_00)) // told anew
	if r, _ := p.Of("Аренда зала", "день", 0); r.High != 50_00 || r.Count != 3 {
		t.Errorf("after a change a hall cost %+v", r)
	}
	p.Drop(1)
	if _, ok := p.Of("Аренда зала", "день", 0); ok {
		t.Error("what was dropped is remembered")
	}
	for id := range ref.ID(100) {
		p.Put(1000+id, hall(int64(id)+1))
	}
	if r, _ := p.Of("Аренда зала", "день", 0); r.Count != newestPrices || r.Low != 100-newestPrices+1 {
		t.Errorf("not the newest prices are kept: %+v", r)
	}
	// One who writes the same thing on many lines is still one.
	p.Put(1, []PastPrice{{"Проектор", "шт", 1}, {"Проектор", "шт", 2}, {"Проектор", "шт", 3}})
	if _, ok := p.Of("Проектор", "шт", 0); ok {
		t.Error("the prices of one application are told")
	}
}

func ref1(n int) ref.ID { return ref.ID(n) }
