package sample

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"math"
	mathrand "math/rand/v2"

	"golang.org/x/image/vector"

	"birge/internal/platform/i18n"
)

// The size of a drawn picture, in pixels.
const pictureWidth, pictureHeight = 900, 600

// scene is a picture that the program draws: nobody is in it.
type scene struct {
	shows i18n.Text
	draw  func(c *canvas)
}

var scenes = []scene{
	{i18n.Text{KK: "Мектеп ауласына отырғызылған жас ағаштар", RU: "Молодые деревья во дворе школы", EN: "Young trees in a school yard"}, (*canvas).orchard},
	{i18n.Text{KK: "Тазартылған бұлақ", RU: "Очищенный родник", EN: "A spring after the clean-up"}, (*canvas).spring},
	{i18n.Text{KK: "Ауыл көшесі, іс-шара өткен жер", RU: "Улица села, где прошло событие", EN: "The village street where the event was held"}, (*canvas).village},
	{i18n.Text{KK: "Тау етегіндегі алаң", RU: "Площадка у подножия гор", EN: "A site at the foot of the mountains"}, (*canvas).mountains},
	{i18n.Text{KK: "Жәрмеңке шатырлары", RU: "Палатки ярмарки", EN: "Stalls of the fair"}, (*canvas).fair},
	{i18n.Text{KK: "Көрмеге қойылған киіз үй мен өрнек", RU: "Юрта и орнамент на выставке", EN: "A yurt and its ornament at the exhibition"}, (*canvas).yurt},
	{i18n.Text{KK: "Аула алаңы", RU: "Спортивная площадка во дворе", EN: "The sports ground in the yard"}, (*canvas).yard},
	{i18n.Text{KK: "Нәтиже тақтасы: айлар бойынша қатысушылар", RU: "Стенд с итогами: участники по месяцам", EN: "A board with the results by month"}, (*canvas).board},
}

// picture draws a scene as JPEG; the same seed gives the same picture.
func (s scene) picture(seed uint64) ([]byte, error) {
	c := &canvas{RGBA: image.NewRGBA(image.Rect(0, 0, pictureWidth, pictureHeight)), rnd: mathrand.New(mathrand.NewPCG(seed, seed))}
	s.draw(c)
	var b bytes.Buffer
	err := jpeg.Encode(&b, c, &jpeg.Options{Quality: 80})
	return b.Bytes(), err
}

// canvas is what a scene is drawn on. Coordinates are pixels.
type canvas struct {
	*image.RGBA
	rnd *mathrand.Rand
}

func rgb(hex uint32) color.RGBA {
	return color.RGBA{uint8(hex >> 16), uint8(hex >> 8), uint8(hex), 255}
}

// sky fills the picture from one colour above to another below.
func (c *canvas) sky(above, below uint32) {
	a, b := rgb(above), rgb(below)
	mix := func(x, y uint8, t float64) uint8 { return uint8(float64(x)*(1-t) + float64(y)*t) }
	for y := range pictureHeight {
		t := float64(y) / pictureHeight
		row := color.RGBA{mix(a.R, b.R, t), mix(a.G, b.G, t), mix(a.B, b.B, t), 255}
		draw.Draw(c, image.Rect(0, y, pictureWidth, y+1), image.NewUniform(row), image.Point{}, draw.Src)
	}
}

// shape fills a polygon given as x, y, x, y, …
func (c *canvas) shape(hex uint32, xy ...float64) {
	r := vector.NewRasterizer(pictureWidth, pictureHeight)
	for i := 0; i+1 < len(xy); i += 2 {
		if i == 0 {
			r.MoveTo(float32(xy[i]), float32(xy[i+1]))
		} else {
			r.LineTo(float32(xy[i]), float32(xy[i+1]))
		}
	}
	r.ClosePath()
	r.Draw(c, c.Bounds(), image.NewUniform(rgb(hex)), image.Point{})
}

func (c *canvas) box(hex uint32, x, y, w, h float64) { c.shape(hex, x, y, x+w, y, x+w, y+h, x, y+h) }

func (c *canvas) disc(hex uint32, x, y, r float64) {
	var xy []float64
	for i := range 40 {
		a := 2 * math.Pi * float64(i) / 40
		xy = append(xy, x+r*math.Cos(a), y+r*math.Sin(a))
	}
	c.shape(hex, xy...)
}

// hills fills everything under a wavy line.
func (c *canvas) hills(hex uint32, y, height, waves float64) {
	shift := c.rnd.Float64() * 6
	xy := []float64{0, pictureHeight}
	for x := 0.0; x <= pictureWidth; x += 15 {
		t := x/pictureWidth*waves + shift
		xy = append(xy, x, y-height*(math.Sin(t)+math.Sin(2.3*t)/2))
	}
	c.shape(hex, append(xy, pictureWidth, pictureHeight)...)
}

func (c *canvas) sun() {
	x, y := 120+c.rnd.Float64()*620, 90+c.rnd.Float64()*60
	c.disc(0xfbe3a6, x, y, 62)
	c.disc(0xf7d678, x, y, 46)
}

func (c *canvas) tree(x, y, size float64) {
	c.box(0x7a5a3a, x-size*.06, y-size*.5, size*.12, size*.5)
	c.disc(0x3f7d4e, x-size*.2, y-size*.55, size*.26)
	c.disc(0x4e9160, x+size*.18, y-size*.6, size*.28)
	c.disc(0x5aa36d, x, y-size*.8, size*.28)
}

func (c *canvas) house(x, y, size float64, wall, roof uint32) {
	c.box(wall, x, y-size*.7, size*1.3, size*.7)
	c.shape(roof, x-size*.12, y-size*.68, x+size*.65, y-size*1.2, x+size*1.42, y-size*.68)
	for i := range 2 {
		c.box(0xfdf1d6, x+size*(.2+.6*float64(i)), y-size*.48, size*.28, size*.26)
		c.box(0x5b8fa0, x+size*(.23+.6*float64(i)), y-size*.45, size*.22, size*.2)
	}
}

func (c *canvas) steppe() {
	c.sky(0x9fd3e6, 0xf4f0dc)
	c.sun()
	c.hills(0xb9cfa4, 360, 30, 4)
	c.hills(0x9dbd86, 420, 22, 5)
	c.hills(0x86ab6d, 480, 14, 6)
}

func (c *canvas) orchard() {
	c.steppe()
	c.house(600, 430, 150, 0xf3e7d0, 0xa5281b)
	for i := range 6 {
		c.tree(80+float64(i)*140+c.rnd.Float64()*20, 560+c.rnd.Float64()*15, 150+c.rnd.Float64()*40)
	}
}

func (c *canvas) spring() {
	c.steppe()
	c.shape(0x4aa6c4, 330, 600, 420, 470, 405, 430, 470, 430, 500, 470, 640, 600)
	c.shape(0x7cc6dc, 380, 600, 440, 480, 450, 440, 470, 470, 560, 600)
	for i := range 9 {
		c.disc(0x8d8b80, 320+float64(i)*40+c.rnd.Float64()*25, 480+math.Abs(float64(i)-4)*22, 16+c.rnd.Float64()*16)
	}
	c.box(0x7a5a3a, 250, 380, 12, 120)
	c.box(0xf0b740, 200, 360, 112, 54)
	c.tree(110, 560, 210)
	c.tree(780, 550, 190)
}

func (c *canvas) village() {
	c.steppe()
	c.shape(0xd8c9a3, 380, 600, 440, 440, 470, 440, 640, 600)
	walls, roofs := []uint32{0xf3e7d0, 0xe4f4f8, 0xfdf1d6}, []uint32{0xa5281b, 0x006a87, 0x805300}
	for i := range 5 {
		c.house(20+float64(i)*190, 470+float64(i%2)*50, 95+c.rnd.Float64()*20, walls[i%3], roofs[(i+1)%3])
	}
	c.tree(350, 580, 160)
	c.tree(860, 570, 150)
}

func (c *canvas) mountains() {
	c.sky(0x8cc3df, 0xf1ead6)
	c.sun()
	for i := range 5 {
		x, top := float64(i)*210-60+c.rnd.Float64()*50, 150+c.rnd.Float64()*110
		c.shape(0x7d93a5, x-60, 470, x+140, top, x+350, 470)
		c.shape(0xf4f7f8, x+140-(160-top/4)*.35, top+60, x+140, top, x+140+38, top+60, x+150, top+48, x+128, top+66)
	}
	c.hills(0x86ab6d, 460, 18, 5)
	c.hills(0x6f9a58, 530, 10, 6)
	for i := range 7 {
		c.tree(40+float64(i)*135, 570+c.rnd.Float64()*20, 110)
	}
}

func (c *canvas) fair() {
	c.steppe()
	colours := []uint32{0xa5281b, 0x006a87, 0xc98a1b, 0x1b6b3a}
	for i := range 4 {
		x := 40 + float64(i)*215
		c.box(0x7a5a3a, x+8, 380, 8, 180)
		c.box(0x7a5a3a, x+164, 380, 8, 180)
		c.box(0xb98a57, x, 480, 180, 60)
		for j := range 6 {
			hex := uint32(0xfbfaf6)
			if j%2 == 0 {
				hex = colours[i]
			}
			c.shape(hex, x+float64(j)*30, 400, x+float64(j)*30+30, 400, x+15+float64(j)*25+25, 340, x+15+float64(j)*25, 340)
		}
		for j := range 5 {
			c.disc(colours[(i+j)%4], x+20+float64(j)*34, 470, 14)
		}
	}
}

func (c *canvas) yurt() {
	c.steppe()
	c.box(0xf3e7d0, 290, 380, 340, 150)
	c.shape(0xfbfaf6, 270, 390, 420, 270, 500, 270, 650, 390)
	c.disc(0x805300, 460, 270, 40)
	c.box(0x006a87, 290, 395, 340, 24)
	for i := range 8 {
		c.shape(0xf7d678, 296+float64(i)*42, 407, 314+float64(i)*42, 397, 332+float64(i)*42, 407, 314+float64(i)*42, 417)
	}
	c.box(0xa5281b, 425, 430, 70, 100)
	c.box(0xf0b740, 455, 430, 10, 100)
	c.tree(120, 570, 190)
	c.tree(800, 560, 170)
}

func (c *canvas) yard() {
	c.sky(0xbfe2ee, 0xf4f0dc)
	for i := range 3 {
		x := 30 + float64(i)*300
		c.box(0xe0d6c4, x, 130, 240, 300)
		for row := range 4 {
			for col := range 4 {
				c.box(0x6f9fb2, x+24+float64(col)*54, 155+float64(row)*66, 30, 38)
			}
		}
	}
	c.box(0x86ab6d, 0, 400, pictureWidth, 200)
	c.shape(0xc8704f, 120, 580, 230, 430, 690, 430, 800, 580)
	c.shape(0xfbfaf6, 455, 580, 458, 430, 462, 430, 465, 580)
	for _, x := range []float64{215, 650} {
		c.box(0xfbfaf6, x, 400, 6, 90)
		c.box(0xfbfaf6, x+44, 400, 6, 90)
		c.box(0xfbfaf6, x, 400, 50, 6)
	}
	c.disc(0xf0b740, 500, 520, 16)
}

func (c *canvas) board() {
	c.sky(0xf4efe2, 0xe7e0cd)
	c.box(0x7a5a3a, 90, 60, 720, 440)
	c.box(0xfbfaf6, 106, 76, 688, 408)
	c.box(0x006a87, 106, 76, 688, 60)
	for i := range 10 {
		h := 60 + c.rnd.Float64()*60 + float64(i)*14
		hex := uint32(0x4cc3df)
		if i%3 == 2 {
			hex = 0xf0b740
		}
		c.box(hex, 150+float64(i)*62, 450-h, 40, h)
	}
	c.box(0x4b626b, 136, 450, 640, 4)
	c.box(0x7a5a3a, 240, 500, 16, 100)
	c.box(0x7a5a3a, 644, 500, 16, 100)
}
