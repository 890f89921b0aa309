;; Where may a pattern begin? Sixteen places at a time, by the four bytes that stand there.
;;
;; Each pattern is in one of eight groups, a bit of a byte. Eight tables of sixteen bytes tell, for the low and the high half
;; of each of the four bytes, the groups of the patterns that have it. What is left of a place when the eight are put
;; together are groups in which each half is one of some pattern's. Three tables more, by pairs of the first four bytes, hold
;; that against the pairs that patterns do have. (Hyperscan has the same under the name of Teddy.)
;;
;; Memory: the eight tables at 0, those of the pairs at 0x10000, 0x20000 and 0x30000, the bytes to look at from 0x40000 on.
(module
  (memory (export "memory") 9 9)
  ;; The first place from `at` on, and before `end`, where a pattern may begin; `end` where there is none.
  ;; Up to 18 bytes behind `end` are read.
  (func (export "next") (param $at i32) (param $end i32) (result i32)
    (local $first v128) (local $second v128) (local $third v128) (local $fourth v128)
    (local $groups v128) (local $low4 v128) (local $high4 v128)
    (local $low1 v128) (local $high1 v128) (local $low2 v128) (local $high2 v128) (local $low3 v128) (local $high3 v128)
    (local $half v128) (local $mask i32) (local $place i32) (local $pair i32)
    (local.set $low1 (v128.load (i32.const 0)))
    (local.set $high1 (v128.load (i32.const 16)))
    (local.set $low2 (v128.load (i32.const 32)))
    (local.set $high2 (v128.load (i32.const 48)))
    (local.set $low3 (v128.load (i32.const 64)))
    (local.set $high3 (v128.load (i32.const 80)))
    (local.set $low4 (v128.load (i32.const 96)))
    (local.set $high4 (v128.load (i32.const 112)))
    (local.set $half (i8x16.splat (i32.const 15)))
    (block $none
      (loop $more
        (br_if $none (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $first (v128.load (local.get $at)))
        (local.set $second (v128.load offset=1 (local.get $at)))
        ;; One byte again and again, as in erased flash: 64 places at a time, unless some pattern begins so.
        (if (i32.eqz (v128.any_true (v128.xor (local.get $first) (local.get $second))))
          (then
            (local.set $pair (i32.load16_u (local.get $at)))
            (if (i32.eqz
                  (i32.and
                    (i32.and
                      (i32.load8_u offset=0x10000 (local.get $pair))
                      (i32.load8_u offset=0x20000 (local.get $pair)))
                    (i32.load8_u offset=0x30000 (local.get $pair))))
              (then
                (local.set $place (local.get $at))
                (block $other
                  (loop $same
                    (br_if $other (i32.gt_u (i32.add (local.get $place) (i32.const 64)) (local.get $end)))
                    (br_if $other
                      (v128.any_true
                        (v128.or
                          (v128.or
                            (v128.xor (local.get $first) (v128.load (local.get $place)))
                            (v128.xor (local.get $first) (v128.load offset=16 (local.get $place))))
                          (v128.or
                            (v128.xor (local.get $first) (v128.load offset=32 (local.get $place)))
                            (v128.xor (local.get $first) (v128.load offset=48 (local.get $place)))))))
                    (local.set $place (i32.add (local.get $place) (i32.const 64)))
                    (br $same)))
                ;; The last three places are followed by something that was not looked at.
                (if (i32.gt_u (local.get $place) (local.get $at))
                  (then
                    (local.set $at (i32.sub (local.get $place) (i32.const 3)))
                    (br $more)))))))
        (local.set $third (v128.load offset=2 (local.get $at)))
        (local.set $fourth (v128.load offset=3 (local.get $at)))
        (local.set $groups
          (v128.and
            (v128.and
              (v128.and
                (i8x16.swizzle (local.get $low1) (v128.and (local.get $first) (local.get $half)))
                (i8x16.swizzle (local.get $high1)
                  (v128.and (i16x8.shr_u (local.get $first) (i32.const 4)) (local.get $half))))
              (v128.and
                (i8x16.swizzle (local.get $low2) (v128.and (local.get $second) (local.get $half)))
                (i8x16.swizzle (local.get $high2)
                  (v128.and (i16x8.shr_u (local.get $second) (i32.const 4)) (local.get $half)))))
            (v128.and
              (v128.and
                (i8x16.swizzle (local.get $low3) (v128.and (local.get $third) (local.get $half)))
                (i8x16.swizzle (local.get $high3)
                  (v128.and (i16x8.shr_u (local.get $third) (i32.const 4)) (local.get $half))))
              (v128.and
                (i8x16.swizzle (local.get $low4) (v128.and (local.get $fourth) (local.get $half)))
                (i8x16.swizzle (local.get $high4)
                  (v128.and (i16x8.shr_u (local.get $fourth) (i32.const 4)) (local.get $half)))))))
        (if (v128.any_true (local.get $groups))
          (then
            (local.set $mask (i8x16.bitmask (i8x16.ne (local.get $groups) (v128.const i64x2 0 0))))
            (loop $bits
              (local.set $place (i32.add (local.get $at) (i32.ctz (local.get $mask))))
              (if (i32.and
                    (i32.and
                      (i32.load8_u offset=0x10000 (i32.load16_u (local.get $place)))
                      (i32.load8_u offset=0x20000 (i32.load16_u offset=1 (local.get $place))))
                    (i32.load8_u offset=0x30000 (i32.load16_u offset=2 (local.get $place))))
                (then
                  (return
                    (select (local.get $place) (local.get $end)
                      (i32.lt_u (local.get $place) (local.get $end))))))
              (local.set $mask (i32.and (local.get $mask) (i32.sub (local.get $mask) (i32.const 1))))
              (br_if $bits (local.get $mask)))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $more)))
    (local.get $end)))
