/*
 * attr - compiler attributes under readable names.
 */
#ifndef BASE_ATTR_H
#define BASE_ATTR_H

/* The caller must look at the result. */
#define NODISCARD __attribute__((warn_unused_result))

/* These pointer arguments (counted from 1) are never NULL. */
#define NONNULL(...) __attribute__((nonnull(__VA_ARGS__)))

/* Argument `fmt` is a printf format for the arguments from `first` on. */
#define PRINTF_LIKE(fmt, first) __attribute__((format(printf, fmt, first)))

/* Run fn(&variable) when the variable goes out of scope. Stands before the type. */
#define CLEANUP(fn) __attribute__((cleanup(fn)))

/* The compiler sets variables that nobody initialises to zero. Not this one, which is written before
 * it is read: for large ones on the path of every record. Stands before the type. */
#define UNSET __attribute__((uninitialized))

#define LIKELY(x)   __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif
